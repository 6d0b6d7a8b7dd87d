// Package wit has the types of WIT that Go lacks. Hand-written.
package wit

// Result is a WIT result where Go has no error to return, such as in a list.
type Result[T, E any] struct {
	// Value is what came of it, if it went well.
	Value T
	// Failure is why it did not.
	Failure E
	// Failed says which of them counts.
	Failed bool
}

// Failure is an error that WIT describes by a value that is no enum.
type Failure[E any] struct {
	Value E
}

// Error says little: Value has the rest.
func (Failure[E]) Error() string { return "failed" }

// Failed is the error of a WIT result that says nothing more.
type Failed struct{}

// Error says as little as WIT does.
func (Failed) Error() string { return "failed" }

// ResultOf is for the bindings: a result of what a Go function returns. An error that is none of the interface's ends the container.
func ResultOf[T, E any](value T, err error) Result[T, E] {
	if err == nil {
		return Result[T, E]{Value: value}
	}
	if failure, ok := err.(Failure[E]); ok {
		return Result[T, E]{Failure: failure.Value, Failed: true}
	}
	if _, ok := err.(Failed); ok {
		return Result[T, E]{Failed: true}
	}
	failure, ok := any(err).(E)
	if !ok {
		panic("an error of another interface")
	}
	return Result[T, E]{Failure: failure, Failed: true}
}
