//! Whether the engine can run the module: valid WebAssembly, without what WAMR is built without.

use wasmparser::{Validator, WasmFeatures};

use super::{PackError, component::invalid};

/// What the engine has (`kernel/wamr-sys`, its build's list of switches).
const SUPPORTED: WasmFeatures = WasmFeatures::WASM1
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::MULTI_VALUE)
    .union(WasmFeatures::REFERENCE_TYPES)
    .union(WasmFeatures::BULK_MEMORY);

/// What a compiler may be asked to use all the same: the feature, its name, how to build without it.
const UNSUPPORTED: [(WasmFeatures, &str, &str); 14] = [
    (WasmFeatures::SIMD, "SIMD", "build without SIMD (`-C target-feature=-simd128`, C: no `-msimd128`)"),
    (WasmFeatures::RELAXED_SIMD, "relaxed SIMD", "build without SIMD (`-C target-feature=-relaxed-simd`)"),
    (WasmFeatures::THREADS, "threads", "build without shared memory and atomics (`-C target-feature=-atomics`)"),
    (WasmFeatures::SHARED_EVERYTHING_THREADS, "threads", "build without shared memory and atomics"),
    (WasmFeatures::TAIL_CALL, "tail calls", "build without tail calls (`-C target-feature=-tail-call`)"),
    (WasmFeatures::EXCEPTIONS, "exceptions", "build without exceptions (`-C panic=abort`, C++: `-fno-exceptions`)"),
    (WasmFeatures::LEGACY_EXCEPTIONS, "exceptions", "build without exceptions (C++: `-fno-exceptions`)"),
    (WasmFeatures::MEMORY64, "64-bit memory", "build for `wasm32`"),
    (WasmFeatures::MULTI_MEMORY, "several memories", "build with one memory (`-C target-feature=-multimemory`)"),
    (WasmFeatures::EXTENDED_CONST, "extended constant expressions", "build with `-C target-feature=-extended-const`"),
    (WasmFeatures::FUNCTION_REFERENCES, "typed function references", "build for a target without garbage collection"),
    (WasmFeatures::GC, "garbage collection", "build for a target without garbage collection"),
    (WasmFeatures::STACK_SWITCHING, "stack switching", "build without stack switching"),
    (WasmFeatures::WIDE_ARITHMETIC, "wide arithmetic", "build with `-C target-feature=-wide-arithmetic`"),
];

/// Checks `module`; an error says whether it is invalid or only not for this engine.
pub(super) fn validate(module: &[u8]) -> Result<(), PackError> {
    let Err(refusal) = validate_with(module, SUPPORTED) else { return Ok(()) };
    let all = UNSUPPORTED.iter().fold(SUPPORTED, |features, (feature, ..)| features | *feature);
    validate_with(module, all).map_err(invalid)?;
    // It needs a feature if it is invalid without it, though everything else is there.
    let needed = UNSUPPORTED.iter().filter(|(feature, ..)| validate_with(module, all.difference(*feature)).is_err());
    let (mut features, mut advice) = (Vec::new(), Vec::new());
    for (_, name, how) in needed {
        features.push(*name);
        advice.push(*how);
    }
    features.dedup();
    advice.dedup();
    let (at, reason) = (refusal.offset(), refusal.message().to_string());
    Err(PackError::Features { features, advice, at, reason })
}

fn validate_with(module: &[u8], features: WasmFeatures) -> Result<(), wasmparser::Error> {
    Validator::new_with_features(features).validate_all(module).map(drop)
}
