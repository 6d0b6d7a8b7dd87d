;; Gives memory that ends outside: its first byte is the last one there is. Trap: bad realloc. Exit code 99 if the
;; kernel goes on.
(module
  (import "locket:system/info@0.1.0" "name" (func $name (param i32)))
  (memory (export "memory") 1 1)
  (func (export "cabi_realloc") (param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32)
    i32.const 65535)
  (func (export "locket:system/run@0.1.0#run") (result i32)
    i32.const 16
    call $name
    i32.const 99))
