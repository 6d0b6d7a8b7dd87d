;; Trap: integer overflow. The quotient of the smallest number and -1 is no 32-bit number.
(module
  (memory (export "memory") 1)
  (func (export "locket:system/run@0.1.0#run") (result i32)
    i32.const 0x80000000
    i32.const -1
    i32.div_s))
