wit_bindgen::generate!({
    // In dependency order: a package is known only to those after it.
    path: [
        "../../wit/io",
        "../../wit/clocks",
        "../../wit/random",
        "../../wit/logging",
        "../../wit/system",
        "../../wit/gpio",
        "../../wit/ipc",
        "../../wit/worlds",
    ],
    world: "locket:worlds/container",
    generate_all,
    // The guest's crate exports, not this one.
    pub_export_macro: true,
    default_bindings_module: "locket_guest::bindings",
    // Rust has no constructors that `run` would have to call first.
    disable_run_ctors_once_workaround: true,
});
