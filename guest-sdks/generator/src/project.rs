//! A first project in each language: one container that says hello, built by the language's own tool.

use crate::{Language, Package, zig};

/// What a project's README says.
struct Readme {
    language: &'static str,
    /// The language's own build command.
    build: &'static str,
    needs: &'static str,
    /// The module that it makes.
    module: String,
    note: &'static str,
}

/// The files of a project called `name` (lower-case letters, digits and hyphens). It expects the package that
/// [`generate`](crate::generate) makes of the default world in its folder `sdk`.
#[must_use]
pub fn project(language: Language, name: &str) -> Package {
    let plain = name.replace('-', "_");
    let mut package = Package::default();
    let fill = |text: &str| text.replace("@NAME@", name).replace("@MODULE@", &plain);
    let readme = match language {
        Language::Rust => {
            package.add("Cargo.toml", fill(include_str!("../../rust/project/Cargo.toml.in")));
            package.add(".cargo/config.toml", include_str!("../../rust/project/config.toml.in"));
            package.add("src/lib.rs", include_str!("../../rust/project/lib.rs.in"));
            package.add(".gitignore", "/target\n*.key\n");
            Readme {
                language: "Rust",
                build: "cargo build --release",
                needs: "the Rust target: `rustup target add wasm32-unknown-unknown`",
                module: format!("target/wasm32-unknown-unknown/release/{plain}.wasm"),
                note: "",
            }
        }
        Language::C => {
            package.add("CMakeLists.txt", fill(include_str!("../../c/project/CMakeLists.txt.in")));
            package.add("main.c", include_str!("../../c/project/main.c.in"));
            package.add(".gitignore", "/build\n*.key\n");
            Readme {
                language: "C",
                build: "cmake -B build -DCMAKE_TOOLCHAIN_FILE=sdk/toolchain.cmake && cmake --build build",
                needs: "CMake, and Zig (`python3 -m pip install ziglang`; `-DLOCKET_ZIG=…` says where) or clang with lld",
                module: format!("build/{name}.wasm"),
                note: "",
            }
        }
        Language::Go => {
            package.add("go.mod", fill(include_str!("../../go/project/go.mod.in")));
            package.add("main.go", include_str!("../../go/project/main.go.in"));
            package.add(".gitignore", "/module.wasm\n*.key\n");
            Readme {
                language: "Go",
                build: "GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -o module.wasm .",
                needs: "Go 1.24 or newer",
                module: "module.wasm".to_owned(),
                note: "\n\nModules of the standard Go compiler do not run in a container yet: their runtime imports WASI \
                       preview 1, which the\nkernel does not have, so `locket build` refuses them.",
            }
        }
        Language::Zig => {
            package.add("build.zig", fill(include_str!("../../zig/project/build.zig.in")));
            let manifest = fill(include_str!("../../zig/project/build.zig.zon.in"));
            package.add("build.zig.zon", manifest.replace("@FINGERPRINT@", &zig::fingerprint(&plain)));
            package.add("src/main.zig", include_str!("../../zig/project/main.zig.in"));
            package.add(".gitignore", "/.zig-cache\n/zig-out\n*.key\n");
            Readme {
                language: "Zig",
                build: "zig build",
                needs: "Zig 0.17, which `python3 -m pip install ziglang` has too (`python3 -m ziglang build`)",
                module: format!("zig-out/bin/{name}.wasm"),
                note: "",
            }
        }
    };
    let text = include_str!("../../project.md.in").replace("@MODULE@", &readme.module);
    let text = text.replace("@LANGUAGE@", readme.language).replace("@BUILD@", readme.build);
    let text = text.replace("@NEEDS@", readme.needs).replace("@NOTE@", readme.note);
    package.add("README.md", text.replace("@NAME@", name));
    package
}
