// Package guest is what a container's main package needs beside the interfaces. Hand-written.
package guest

import (
	"@MODULE@/logging"
	"@MODULE@/monotonicclock"
	"@MODULE@/run"
)

// MaxMessage is the longest line, in bytes; the kernel ends a container that sends more.
const MaxMessage = 512

// Main makes a function the container's main function. Call it in an init function; main stays empty.
//
// An error is logged and becomes exit code 1; nil becomes 0, which says that the work is done. After any other code,
// and after a trap, the policy's restart rule decides.
func Main(function func() error) {
	MainCode(func() (uint8, error) { return 0, function() })
}

// MainCode is like Main, for a function that chooses the exit code.
func MainCode(function func() (uint8, error)) {
	run.Implement(run.Exports{Run: func() uint8 {
		code, err := function()
		if err != nil {
			Log(logging.LevelError, "run", err.Error())
			return 1
		}
		return code
	}})
}

// Log writes one line, cut to MaxMessage bytes. context names the part of the guest that speaks, in at most 64 bytes; it
// may be empty.
func Log(level logging.Level, context, message string) {
	if len(message) > MaxMessage {
		cut := MaxMessage
		// In whole characters.
		for cut > 0 && message[cut]&0xC0 == 0x80 {
			cut--
		}
		message = message[:cut]
	}
	logging.Log(level, context, message)
}

// Info writes a line of level info.
func Info(message string) { Log(logging.LevelInfo, "", message) }

// Warn writes a line of level warn.
func Warn(message string) { Log(logging.LevelWarn, "", message) }

// Error writes a line of level error.
func Error(message string) { Log(logging.LevelError, "", message) }

// Sleep waits for so many nanoseconds.
func Sleep(nanoseconds uint64) {
	pollable := monotonicclock.SubscribeDuration(nanoseconds)
	defer pollable.Close()
	pollable.Block()
}
