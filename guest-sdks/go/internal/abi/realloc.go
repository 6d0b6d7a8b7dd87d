package abi

import "unsafe"

//go:wasmexport cabi_realloc
func cabiRealloc(old unsafe.Pointer, oldBytes, alignment, bytes uint32) unsafe.Pointer {
	if bytes == 0 {
		return Pointer(alignment)
	}
	room := Allocate(bytes)
	if oldBytes > 0 {
		copy(unsafe.Slice((*byte)(room), bytes), unsafe.Slice((*byte)(old), oldBytes))
		Release(old)
	}
	return room
}
