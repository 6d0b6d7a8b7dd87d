# Compilers for guests: `cmake -B build -DCMAKE_TOOLCHAIN_FILE=sdk/toolchain.cmake`. Hand-written.
#
# `zig cc` is a whole C toolchain in one file. -DLOCKET_ZIG=/path/to/zig says which; else it is the one on the PATH, and
# without one clang is taken, which needs `wasm-ld` beside it.

set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
# No test programs: they would need a C library.
set(CMAKE_C_COMPILER_FORCED TRUE)
set(CMAKE_SIZEOF_VOID_P 4)

if(NOT LOCKET_ZIG)
  find_program(LOCKET_ZIG zig)
endif()
if(LOCKET_ZIG)
  set(CMAKE_C_COMPILER ${LOCKET_ZIG} cc)
  set(CMAKE_C_COMPILER_TARGET wasm32-freestanding)
else()
  find_program(LOCKET_CLANG clang)
  if(NOT LOCKET_CLANG)
    message(FATAL_ERROR "no C compiler for WebAssembly: install zig (`python3 -m pip install ziglang`, then "
                        "-DLOCKET_ZIG=…) or clang with lld")
  endif()
  set(CMAKE_C_COMPILER ${LOCKET_CLANG})
  set(CMAKE_C_COMPILER_TARGET wasm32-unknown-unknown)
endif()
set(CMAKE_EXECUTABLE_SUFFIX .wasm)
