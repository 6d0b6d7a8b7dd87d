package channel

// Wait takes the oldest message; it waits for one if there is none. Hand-written.
//
// It does not wait for a sender: ErrorClosed says that no message is left and no sender is running.
func (receiver *Receiver) Wait() ([]byte, error) {
	for {
		message, err := receiver.Receive()
		if err != ErrorEmpty {
			return message, err
		}
		pollable, err := receiver.Subscribe()
		if err != nil {
			return nil, err
		}
		pollable.Block()
		pollable.Close()
	}
}
