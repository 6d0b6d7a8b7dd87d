//! What of WAMR is built, for every platform. `README.md` says why, feature by feature.

use std::env;

/// Which of WAMR's two interpreters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interpreter {
    /// Runs a decoded copy of the code.
    Fast,
    /// Runs the module's bytes.
    Classic,
}

impl Interpreter {
    /// The interpreter that the cargo features choose. Features only add: fast wins over classic.
    pub(crate) fn selected() -> Result<Self, &'static str> {
        let on = |feature: &str| env::var_os(format!("CARGO_FEATURE_{feature}")).is_some();
        match (on("FAST_INTERP"), on("CLASSIC_INTERP")) {
            (true, _) => Ok(Self::Fast),
            (false, true) => Ok(Self::Classic),
            (false, false) => Err("wamr-sys needs one of the features `fast-interp` and `classic-interp`"),
        }
    }

    pub(crate) fn is_fast(self) -> bool {
        self == Self::Fast
    }

    /// The interpreter's file, inside the WAMR source.
    pub(crate) fn file(self) -> &'static str {
        match self {
            Self::Fast => "core/iwasm/interpreter/wasm_interp_fast.c",
            Self::Classic => "core/iwasm/interpreter/wasm_interp_classic.c",
        }
    }
}

pub(crate) const INCLUDES: &[&str] = &[
    "core",
    "core/iwasm/include",
    "core/iwasm/common",
    "core/iwasm/interpreter",
    "core/shared/utils",
    "core/shared/mem-alloc",
    "core/shared/platform/include",
];

pub(crate) const DEFINES: &[(&str, Option<&str>)] = &[
    // Allocations of WAMR's utilities go the same way as all others.
    ("BH_MALLOC", Some("wasm_runtime_malloc")),
    ("BH_FREE", Some("wasm_runtime_free")),
    // On: what is needed to run the modules that compilers emit today, and to bound them.
    ("WASM_ENABLE_INTERP", Some("1")),
    ("WASM_ENABLE_BULK_MEMORY", Some("1")),
    ("WASM_ENABLE_BULK_MEMORY_OPT", Some("1")),
    ("WASM_ENABLE_REF_TYPES", Some("1")),
    ("WASM_ENABLE_CALL_INDIRECT_OVERLONG", Some("1")),
    ("WASM_ENABLE_INSTRUCTION_METERING", Some("1")),
    ("WASM_ENABLE_SHRUNK_MEMORY", Some("1")),
    ("WASM_MEM_ALLOC_WITH_USAGE", Some("1")),
    // Off: other ways to run code.
    ("WASM_ENABLE_AOT", Some("0")),
    ("WASM_ENABLE_JIT", Some("0")),
    ("WASM_ENABLE_FAST_JIT", Some("0")),
    ("WASM_ENABLE_QUICK_AOT_ENTRY", Some("0")),
    ("WASM_ENABLE_MINI_LOADER", Some("0")),
    // Off: proposals that guests of Locket do not use.
    ("WASM_ENABLE_GC", Some("0")),
    ("WASM_ENABLE_SIMD", Some("0")),
    ("WASM_ENABLE_TAIL_CALL", Some("0")),
    ("WASM_ENABLE_SHARED_MEMORY", Some("0")),
    ("WASM_ENABLE_MEMORY64", Some("0")),
    ("WASM_ENABLE_MULTI_MEMORY", Some("0")),
    ("WASM_ENABLE_EXCE_HANDLING", Some("0")),
    ("WASM_ENABLE_EXTENDED_CONST_EXPR", Some("0")),
    // Off: authority and services that the kernel gives, or nobody does.
    ("WASM_ENABLE_LIBC_BUILTIN", Some("0")),
    ("WASM_ENABLE_LIBC_WASI", Some("0")),
    ("WASM_ENABLE_THREAD_MGR", Some("0")),
    ("WASM_ENABLE_SHARED_HEAP", Some("0")),
    ("WASM_ENABLE_MULTI_MODULE", Some("0")),
    ("WASM_ENABLE_MODULE_INST_CONTEXT", Some("0")),
    // Off: log lines. WAMR's tell nobody anything that the engine does not return, and take up flash.
    ("BH_LOG(...)", Some("")),
    // Off: tricks with signals, guard pages and segment registers.
    ("WASM_DISABLE_HW_BOUND_CHECK", Some("1")),
    ("WASM_DISABLE_STACK_HW_BOUND_CHECK", Some("1")),
    ("WASM_DISABLE_WRITE_GS_BASE", Some("1")),
    ("WASM_DISABLE_WAKEUP_BLOCKING_OP", Some("1")),
    ("WASM_CONFIGURABLE_BOUNDS_CHECKS", Some("0")),
];

/// Besides the interpreter itself.
pub(crate) const SOURCES: &[&str] = &[
    "core/iwasm/common/wasm_exec_env.c",
    "core/iwasm/common/wasm_loader_common.c",
    "core/iwasm/common/wasm_memory.c",
    "core/iwasm/common/wasm_native.c",
    "core/iwasm/common/wasm_runtime_common.c",
    "core/iwasm/interpreter/wasm_loader.c",
    "core/iwasm/interpreter/wasm_runtime.c",
    "core/shared/utils/bh_assert.c",
    "core/shared/utils/bh_bitmap.c",
    "core/shared/utils/bh_common.c",
    "core/shared/utils/bh_hashmap.c",
    "core/shared/utils/bh_leb128.c",
    "core/shared/utils/bh_list.c",
    "core/shared/utils/bh_vector.c",
];

/// This crate's own C.
pub(crate) const OURS: &[&str] = &["c/locket_wamr.c", "c/unused.c"];

/// WAMR's name for the target's architecture.
pub(crate) fn architecture() -> Result<&'static str, String> {
    let (arch, target) = (variable("CARGO_CFG_TARGET_ARCH")?, variable("TARGET")?);
    match arch.as_str() {
        "x86_64" => Ok("BUILD_TARGET_X86_64"),
        "x86" => Ok("BUILD_TARGET_X86_32"),
        "aarch64" => Ok("BUILD_TARGET_AARCH64"),
        "arm" if target.starts_with("thumb") => Ok("BUILD_TARGET_THUMB"),
        "arm" => Ok("BUILD_TARGET_ARM"),
        "riscv32" => Ok("BUILD_TARGET_RISCV32_ILP32"),
        "riscv64" => Ok("BUILD_TARGET_RISCV64_LP64D"),
        other => Err(format!("WAMR has no name for the architecture `{other}` in kernel/wamr-sys/build/config.rs")),
    }
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|error| format!("{name}: {error}"))
}
