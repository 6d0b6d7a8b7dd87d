// Package abi passes values as the Canonical ABI has them. Hand-written; not for guests.
//
// It keeps to what the standard compiler and TinyGo both have: no reflection, no goroutines, no package but unsafe.
package abi

import "unsafe"

// Some is an option with a value.
func Some[T any](value T) *T { return &value }

// Bool is a bool as a core value.
func Bool(value bool) int32 {
	if value {
		return 1
	}
	return 0
}

// Address is a pointer as a core value.
func Address(pointer unsafe.Pointer) uint32 { return uint32(uintptr(pointer)) }

// Pointer is the pointer that a core value is.
func Pointer(address uint32) unsafe.Pointer {
	address_ := uintptr(address)
	return *(*unsafe.Pointer)(unsafe.Pointer(&address_))
}

// Float32 is the number with these bits.
func Float32(bits int32) float32 { return *(*float32)(unsafe.Pointer(&bits)) }

// Float64 is the number with these bits.
func Float64(bits int64) float64 { return *(*float64)(unsafe.Pointer(&bits)) }

// Bits32 are the bits of a number.
func Bits32(value float32) int32 { return *(*int32)(unsafe.Pointer(&value)) }

// Bits64 are the bits of a number.
func Bits64(value float64) int64 { return *(*int64)(unsafe.Pointer(&value)) }

// Load reads a value of the memory's own type.
func Load[T any](base unsafe.Pointer, offset int) T { return *(*T)(unsafe.Add(base, offset)) }

// Store writes a value of the memory's own type.
func Store[T any](base unsafe.Pointer, offset int, value T) { *(*T)(unsafe.Add(base, offset)) = value }

// wordBytes is the alignment of every room.
const wordBytes = 8

// blocks are in use by the kernel, so the garbage collector must not free them: what cabi_realloc returned and nobody
// has taken yet, and results of exported functions until post-return.
var blocks [][]uint64

// Allocate returns room for so many bytes, aligned to 8, that stays until Release or Take.
func Allocate(bytes uint32) unsafe.Pointer {
	block := make([]uint64, (bytes+wordBytes-1)/wordBytes+1)
	blocks = append(blocks, block)
	return unsafe.Pointer(unsafe.SliceData(block))
}

// Release leaves room to the garbage collector, which frees it when nobody uses it any more.
func Release(pointer unsafe.Pointer) {
	for at, block := range blocks {
		if unsafe.Pointer(unsafe.SliceData(block)) == pointer {
			last := len(blocks) - 1
			blocks[at] = blocks[last]
			blocks[last] = nil
			blocks = blocks[:last]
			return
		}
	}
}

// TakeString is the string that the kernel wrote.
func TakeString(pointer unsafe.Pointer, length uint32) string {
	if length == 0 {
		return ""
	}
	Release(pointer)
	return unsafe.String((*byte)(pointer), length)
}

// TakeSlice is the list that the kernel wrote.
func TakeSlice[T any](pointer unsafe.Pointer, length uint32) []T {
	if length == 0 {
		return nil
	}
	Release(pointer)
	return unsafe.Slice((*T)(pointer), length)
}

// CopyString returns a copy in room of its own, until Release.
func CopyString(text string) string {
	length := uint32(len(text))
	if length == 0 {
		return ""
	}
	room := unsafe.Slice((*byte)(Allocate(length)), length)
	copy(room, text)
	return unsafe.String(unsafe.SliceData(room), length)
}

// CopySlice returns a copy in room of its own, until Release.
func CopySlice[T any](list []T) []T {
	var element T
	length := uint32(len(list))
	if length == 0 {
		return nil
	}
	room := unsafe.Slice((*T)(Allocate(length*uint32(unsafe.Sizeof(element)))), length)
	copy(room, list)
	return room
}

// area is where the last result of an exported function stands, which the kernel reads at once.
var area []uint64

// Area returns room for the result of an exported function.
func Area(words int) unsafe.Pointer {
	area = make([]uint64, words)
	return unsafe.Pointer(unsafe.SliceData(area))
}

// Temporaries are buffers that a call to the kernel needs until it returns.
type Temporaries struct {
	kept []unsafe.Pointer
}

// Allocate returns room for so many bytes, aligned to 8.
func (t *Temporaries) Allocate(bytes uint32) unsafe.Pointer {
	block := make([]uint64, (bytes+wordBytes-1)/wordBytes+1)
	pointer := unsafe.Pointer(unsafe.SliceData(block))
	t.kept = append(t.kept, pointer)
	return pointer
}

// StorePointer writes an address. What is there stays where it is until Free: the memory has a number that the garbage
// collector does not know to be a pointer.
func (t *Temporaries) StorePointer(base unsafe.Pointer, offset int, pointer unsafe.Pointer) {
	t.kept = append(t.kept, pointer)
	Store(base, offset, Address(pointer))
}

// Free leaves all of them to the garbage collector.
func (t *Temporaries) Free() { t.kept = nil }
