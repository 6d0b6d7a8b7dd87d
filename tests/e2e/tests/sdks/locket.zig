fn implement() void {
    sdk.main(struct {
        fn run() !u8 {
            const lamp = try sdk.digital.Output.open("lamp");
            try lamp.set(.high);
            return 0;
        }
    }.run);
}
