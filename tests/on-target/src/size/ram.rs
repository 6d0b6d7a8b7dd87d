//! What a container takes of the RAM, and what is taken before the first one.

use anyhow::{Context, Result, ensure};
use locket_image::Image;
use locket_on_target::{Firmware, Interpreter, Output, Ram};
use locket_tests::bench::Bench;
use locket_tests::{guests, images};

use crate::report::ContainerRam;

/// Seconds of virtual time after which a container has long been loaded and has worked.
const SECONDS: u32 = 2;
/// Stack of the reporter's module, in bytes.
const REPORTER_STACK: u64 = 320;
/// That of the greenhouse's valve, as its policy has it.
const VALVE_STACK: u64 = 2048;

/// What the runs showed.
pub struct Measured {
    /// RAM in use before the first container: statics, the board's stacks, WAMR's memory, and room for the messages of
    /// one small channel.
    pub before: u64,
    /// Of which WAMR's memory.
    pub runtime: u64,
    /// What of the memory of containers was lent for a stack to verify images on, as far as it was used.
    pub verifying: u64,
    /// A small container and a large one.
    pub containers: Vec<ContainerRam>,
}

/// Runs a small and a large container on `firmware`.
pub fn measure(firmware: &Firmware, interpreter: Interpreter) -> Result<Measured> {
    let small = firmware.run(&reporters().bundle(), SECONDS)?;
    let large = firmware.run(&Bench::greenhouse().bundle(), SECONDS)?;
    let reporter = container(&small, "reporter", &guests::module("reporter"), REPORTER_STACK, interpreter)?;
    let valve = container(&large, "valve", &guests::example("valve"), VALVE_STACK, interpreter)?;
    Ok(Measured {
        before: small.ram.get("before")?,
        runtime: small.sizes.get("runtime")?,
        verifying: small.ram.get("verify-stack")?,
        containers: vec![reporter, valve],
    })
}

/// The smallest guest that goes on doing something, and one that takes its messages.
fn reporters() -> Bench {
    let reporter = format!("memory = \"32 KiB\"\nstack = \"{REPORTER_STACK} B\"");
    let collector = "memory = \"32 KiB\"\nstack = \"1 KiB\"";
    Bench::for_profile(Ram::Kib256.profile())
        .guest("reporter")
        .guest("collector")
        .container("collector", "collector", collector, "log = {}")
        .container("reporter", "reporter", &reporter, "log = {}")
        .policy(
            "[channels.reports]\nfrom = [\"reporter\"]\nto = [\"collector\"]\nmessage = \"8 B\"\ndepth = 2\n\
             when-full = \"wait\"\ntimeout = \"1m\"",
        )
}

fn container(
    output: &Output,
    name: &str,
    module: &[u8],
    policy_stack: u64,
    interpreter: Interpreter,
) -> Result<ContainerRam> {
    let report = output.container(name);
    let log = || format!("{name} did not run as it should:\n{}", output.log());
    ensure!(report.state == "killed" && report.number("calls") > 0, log());
    // As it is in the image: what debuggers need is no longer there.
    let image = images::image(name, module);
    let module_bytes = Image::parse(&image).with_context(log)?.module_bytes().len() as u64;
    Ok(ContainerRam {
        name: name.to_owned(),
        linear_memory: report.number("linear"),
        module: report.number("module"),
        module_bytes: if interpreter == Interpreter::Classic { module_bytes } else { 0 },
        instance: report.number("instance"),
        execution: report.number("execution"),
        policy_stack,
        peak: report.number("peak"),
        stack: report.number("stack"),
        stack_size: output.sizes.get("thread-stack")?,
        kernel_instance: output.sizes.get("instance")?,
        tables: output.sizes.get("kernel")? / output.sizes.get("containers")?.max(1),
    })
}
