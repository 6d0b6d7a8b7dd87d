;; Grows its memory inside `cabi_realloc`, so that the bytes the kernel looked at a moment ago may have moved. That is
;; allowed: the container reads its name, which must start with `realloc`, and exits with 0; with 98 if it is refused
;; the page, with 99 if the name is not there. It needs two pages of memory.
(module
  (import "locket:system/info@0.1.0" "name" (func $name (param i32)))
  (memory (export "memory") 1)
  (global $code (mut i32) (i32.const 99))
  (func (export "cabi_realloc") (param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32)
    (local $page i32)
    (local.set $page
      (memory.grow (i32.const 1)))
    (if (i32.eq (local.get $page) (i32.const -1))
      (then
        (global.set $code (i32.const 98))
        (return (i32.const 1024))))
    (i32.shl (local.get $page) (i32.const 16)))
  (func (export "locket:system/run@0.1.0#run") (result i32)
    i32.const 16
    call $name
    ;; The text's address and length are at 16.
    (if (i32.ge_u (i32.load (i32.const 20)) (i32.const 7))
      (then
        ;; "real"
        (if (i32.eq (i32.load (i32.load (i32.const 16))) (i32.const 0x6c616572))
          (then
            (if (i32.eq (global.get $code) (i32.const 99))
              (then
                (global.set $code (i32.const 0))))))))
    global.get $code))
