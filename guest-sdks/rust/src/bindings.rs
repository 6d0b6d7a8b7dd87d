wit_bindgen::generate!({
    // In dependency order: a package is known only to those after it.
    path: [
        "../../wit/io",
        "../../wit/clocks",
        "../../wit/random",
        "../../wit/config",
        "../../wit/logging",
        "../../wit/system",
        "../../wit/gpio",
        "../../wit/ipc",
        "../../wit/storage",
        "../../wit/worlds",
    ],
    world: "locket:worlds/container",
    generate_all,
    // What is passed to the kernel is borrowed, so that nothing is allocated for it.
    ownership: Borrowing { duplicate_if_necessary: true },
    // The guest's crate exports, not this one.
    pub_export_macro: true,
    default_bindings_module: "locket_guest::bindings",
    // Rust has no constructors that `run` would have to call first.
    disable_run_ctors_once_workaround: true,
});
