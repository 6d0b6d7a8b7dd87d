;; Asks for a text without exporting `cabi_realloc`. Must be refused at load: the kernel has nowhere to put it.
(module
  (import "locket:system/info@0.1.0" "name" (func $name (param i32)))
  (memory (export "memory") 1)
  (func (export "locket:system/run@0.1.0#run") (result i32)
    i32.const 16
    call $name
    i32.const 0))
