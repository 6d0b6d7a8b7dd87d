;; Trap: division by zero. Rust and C compilers check before they divide.
(module
  (memory (export "memory") 1)
  (func (export "locket:system/run@0.1.0#run") (result i32)
    i32.const 1
    i32.const 0
    i32.div_u))
