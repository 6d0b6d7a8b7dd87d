;; Recurses without end inside `cabi_realloc`. Trap: stack overflow. Exit code 99 if the kernel goes on.
(module
  (import "locket:system/info@0.1.0" "name" (func $name (param i32)))
  (memory (export "memory") 1)
  (func $dig (param $depth i32) (result i32)
    (i32.rotl
      (call $dig
        (i32.add (local.get $depth) (i32.const 1)))
      (local.get $depth)))
  (func (export "cabi_realloc") (param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32)
    (i32.add
      (call $dig
        (i32.const 0))
      (i32.const 1024)))
  (func (export "locket:system/run@0.1.0#run") (result i32)
    i32.const 16
    call $name
    i32.const 99))
