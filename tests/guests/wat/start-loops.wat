;; Has a start function that never returns. Fuel, CPU share and kill must hold for it as they do for `run`.
(module
  (memory (export "memory") 1)
  (start $start)
  (func $start
    (loop $forever
      br $forever))
  (func (export "locket:system/run@0.1.0#run") (result i32)
    i32.const 0))
