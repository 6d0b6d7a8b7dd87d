// The caller opens a pin, logs, sends and receives: the Go one of the guests that do the same in every language.
package main

import (
	"locket.local/sdk/channel"
	"locket.local/sdk/digital"
	"locket.local/sdk/guest"
)

func init() { guest.MainCode(run) }

func main() {}

func run() (uint8, error) {
	lamp, err := digital.OpenOutput("lamp")
	if err != nil {
		return 0, err
	}
	there, err := channel.OpenSender("there")
	if err != nil {
		return 0, err
	}
	back, err := channel.OpenReceiver("back")
	if err != nil {
		return 0, err
	}
	guest.Info("calling")
	if err := lamp.Set(digital.LevelHigh); err != nil {
		return 0, err
	}
	if err := there.Send([]byte("ping")); err != nil {
		return 0, err
	}
	answer, err := back.Wait()
	if err != nil {
		return 0, err
	}
	if err := lamp.Set(digital.LevelLow); err != nil {
		return 0, err
	}
	if string(answer) != "ping" {
		return 2, nil
	}
	guest.Info("answered")
	return 0, nil
}
