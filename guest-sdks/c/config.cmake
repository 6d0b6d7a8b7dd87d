# `find_package(@NAME@ CONFIG REQUIRED)`, with `-D@NAME@_DIR=` this folder, gives `@NAME@_add_guest`. Hand-written.

set(_@NAME@_sdk "${CMAKE_CURRENT_LIST_DIR}")

# @NAME@_add_guest(NAME SOURCE… [ARENA BYTES] [STACK BYTES]): a module for `locket build`, in NAME.wasm.
#
# ARENA is the guest's heap (default 1024, a multiple of 8). STACK is its stack (default 2048): an overflow runs into
# address 0 and ends the container; it never reaches data.
function(@NAME@_add_guest name)
  cmake_parse_arguments(PARSE_ARGV 1 guest "" "ARENA;STACK" "")
  if(NOT guest_ARENA)
    set(guest_ARENA 1024)
  endif()
  if(NOT guest_STACK)
    set(guest_STACK 2048)
  endif()
  add_executable(${name} ${guest_UNPARSED_ARGUMENTS} "${_@NAME@_sdk}/@NAME@.c" "${_@NAME@_sdk}/arena.c")
  set_target_properties(${name} PROPERTIES SUFFIX .wasm C_STANDARD 11)
  target_include_directories(${name} PRIVATE "${_@NAME@_sdk}")
  target_include_directories(${name} SYSTEM PRIVATE "${_@NAME@_sdk}/freestanding")
  target_compile_definitions(${name} PRIVATE LOCKET_ARENA=${guest_ARENA})
  # `-fno-builtin`: `memcpy` must not become a call of itself.
  target_compile_options(${name} PRIVATE -Oz -flto -ffreestanding -fno-builtin -ffunction-sections -fdata-sections)
  # With the two symbols the engine knows where the memory that a guest uses ends.
  target_link_options(
    ${name} PRIVATE -Oz -flto -nostdlib -Wl,--no-entry -Wl,--export=__heap_base -Wl,--export=__data_end
    -Wl,-z,stack-size=${guest_STACK} -Wl,--initial-memory=65536 -Wl,--max-memory=65536 -Wl,--gc-sections
    -Wl,--strip-all)
  # `zig cc` puts the stack first of its own accord and refuses to be told.
  if(NOT LOCKET_ZIG)
    target_link_options(${name} PRIVATE -Wl,--stack-first)
  endif()
endfunction()
