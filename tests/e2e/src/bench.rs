//! A device on the bench: a policy text, images, a simulated board, and everything that happened on it.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use locket_image::pack::{self, EMBEDDED_WIT, PackOptions, SigningKey, Wit};
use locket_kernel::{ContainerId, ContainerState, ExitReason, Kernel, Policy};
use locket_linux::{BoardFile, Device, Linux};
use locket_policy_lang::{Checked, Vocabulary};

use crate::guests;
use crate::images::{self, ImageSet};

/// Objects that every bench has.
const BOARD: &str = "\
[digital-in.button0]
wave = \"square\"
period = \"20ms\"
[digital-in.feedback0]
follows = \"lamp0\"
[digital-out.lamp0]
[digital-out.secret0]
";

/// A policy in the making.
pub struct Bench {
    text: String,
    board: String,
    images: ImageSet,
}

impl Default for Bench {
    fn default() -> Self {
        Self::new()
    }
}

impl Bench {
    /// A policy with a device and a signer (`tests`, whose key is [`images::key`]), and no container yet.
    #[must_use]
    pub fn new() -> Self {
        Self::for_profile("gateway")
    }

    /// As [`Bench::new`], for a kernel with the capacities of this profile.
    #[must_use]
    pub fn for_profile(profile: &str) -> Self {
        let key = base64::engine::general_purpose::STANDARD.encode(images::key().public().as_bytes());
        let text = format!(
            "[device]\nname = \"bench\"\nepoch = 1\nprofile = \"{profile}\"\nboard = \"board.toml\"\n\n[signers]\ntests = \"ed25519:{key}\"\n"
        );
        Self::from_text(text, BOARD.to_owned())
    }

    /// A policy text as it is, with the text of its board file.
    #[must_use]
    pub fn from_text(text: String, board: String) -> Self {
        Self { text, board, images: ImageSet::default() }
    }

    /// The greenhouse of `examples`, as it stands there: policy, board, and images signed with its own key.
    ///
    /// # Panics
    /// If it does not build or pack.
    #[must_use]
    pub fn greenhouse() -> Self {
        let folder = greenhouse().parent().map(Path::to_path_buf).expect("the policy lies in a folder");
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("the demo's files");
        let key = SigningKey::from_text(&read("keys/demo.key")).expect("the demo's key");
        let wit = Wit::embedded().expect("our own WIT");
        let mut bench = Self::from_text(read("greenhouse.toml"), read("board.toml"));
        for name in ["soil", "valve", "intruder"] {
            let packed = pack::pack(&guests::example(name), &wit, &PackOptions::new(name, "0.1.0")).expect("it packs");
            assert!(packed.warnings.is_empty(), "{name}: {:?}", packed.warnings);
            assert!(packed.memory.initial <= 8 * 1024, "{name} has {} bytes of linear memory", packed.memory.initial);
            bench = bench.image(key.sign(&packed.unsigned).expect("it can be signed"));
        }
        bench
    }

    /// Adds a line to the table of the device.
    #[must_use]
    pub fn device_line(mut self, line: &str) -> Self {
        self.text = self.text.replacen("[device]\n", &format!("[device]\n{line}\n"), 1);
        self
    }

    /// Adds the guest of `tests/guests` called `name` as an image of that name.
    #[must_use]
    pub fn guest(self, name: &str) -> Self {
        let image = images::image(name, &guests::module(name));
        self.image(image)
    }

    /// Adds an image.
    #[must_use]
    pub fn image(mut self, image: Vec<u8>) -> Self {
        self.images.add(image);
        self
    }

    /// Adds a container called `name` of `image`; `lines` are further lines of its table and its grants.
    #[must_use]
    pub fn container(mut self, name: &str, image: &str, lines: &str, grants: &str) -> Self {
        let defaults = [("memory", "\"256 KiB\""), ("stack", "\"8 KiB\""), ("cpu", "\"unlimited\"")];
        self = self.policy(&format!("[containers.{name}]\nimage = \"{image}@1\"\nsigner = \"tests\"\n{lines}"));
        for (key, value) in defaults {
            if !lines.lines().any(|line| line.trim_start().starts_with(key)) {
                self.text.extend([key, " = ", value, "\n"]);
            }
        }
        self.policy(&format!("[containers.{name}.grants]\n{grants}"))
    }

    /// Adds any policy text, such as a channel.
    #[must_use]
    pub fn policy(mut self, text: &str) -> Self {
        self.text.extend(["\n", text, "\n"]);
        self
    }

    /// Adds objects to the board.
    #[must_use]
    pub fn board(mut self, text: &str) -> Self {
        self.board.extend([text, "\n"]);
        self
    }

    /// The policy as it stands.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Checks and compiles the policy.
    pub fn check(&self) -> Result<Checked, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        std::fs::write(folder.path().join("board.toml"), &self.board).map_err(|error| error.to_string())?;
        let path = folder.path().join("policy.toml");
        locket_policy_lang::check(&path, &self.text, &vocabulary(), &self.images).map_err(|report| report.plain())
    }

    /// Policy and images as one file for a device's flash.
    ///
    /// # Panics
    /// If the policy is not one, with its diagnostics.
    #[must_use]
    pub fn bundle(&self) -> Vec<u8> {
        let checked = self.check().unwrap_or_else(|report| panic!("{report}\n{}", self.text));
        let images: Vec<_> = checked.containers().iter().map(|container| self.images.bytes(&container.image)).collect();
        let parts: Vec<&[u8]> = images.iter().map(Vec::as_slice).collect();
        pack::bundle(checked.bytes(), &parts).expect("less than 4 GiB")
    }

    /// A device with this policy, not yet running.
    ///
    /// # Panics
    /// If the policy is not one, with its diagnostics.
    #[must_use]
    pub fn device(self) -> Running {
        let checked = self.check().unwrap_or_else(|report| panic!("{report}\n{}", self.text));
        let images = checked.containers().iter().map(|container| self.images.bytes(&container.image)).collect();
        let bytes: &'static [u8] = checked.bytes().to_vec().leak();
        let policy = Policy::decode(bytes).expect("the compiler wrote these bytes");
        let board = BoardFile::parse(&self.board).expect("the bench's board is right");
        let events = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&events);
        let quiet = Arc::new(AtomicBool::new(false));
        let hushed = Arc::clone(&quiet);
        let board = Linux::new(
            &board,
            Box::new(move |event| {
                if !hushed.load(Ordering::Relaxed) {
                    lock(&sink).push(event.to_string());
                }
            }),
        )
        .expect("the bench's storage can be opened");
        let device = Device::new(board, policy, images).expect("the policy fits the board");
        Running { device, events, quiet, checked }
    }

    /// Runs the device until every container has ended.
    ///
    /// # Panics
    /// If one has not after a minute, with what happened until then.
    #[must_use]
    pub fn run(self) -> Running {
        let running = self.device();
        let ended = running.device.run(Some(Duration::from_mins(1)));
        assert!(ended, "not every container has ended:\n{}", running.log());
        running
    }
}

/// The words of Locket's own WIT.
///
/// # Panics
/// Never, as long as our own WIT is right.
#[must_use]
pub fn vocabulary() -> Vocabulary {
    let model = locket_bindgen::model::load_embedded(EMBEDDED_WIT).expect("our own WIT is right");
    Vocabulary::new(model)
}

/// A device that runs or has run.
pub struct Running {
    /// The device.
    pub device: Device,
    events: Arc<Mutex<Vec<String>>>,
    quiet: Arc<AtomicBool>,
    /// Its policy.
    pub checked: Checked,
}

impl Running {
    /// The kernel.
    #[must_use]
    pub fn kernel(&self) -> &Kernel<Linux> {
        self.device.kernel()
    }

    /// The container called `name`.
    ///
    /// # Panics
    /// If the policy has none.
    #[must_use]
    pub fn id(&self, name: &str) -> ContainerId {
        self.kernel().find(name).unwrap_or_else(|| panic!("no container {name}"))
    }

    /// Why the container called `name` ended last.
    ///
    /// # Panics
    /// If it has not ended.
    #[must_use]
    pub fn reason(&self, name: &str) -> ExitReason {
        match self.kernel().state(self.id(name)) {
            ContainerState::Ended(reason) => reason,
            state => panic!("{name} is {state:?}:\n{}", self.log()),
        }
    }

    /// Keeps no further events, so that a long run does not fill memory with them.
    pub fn quiet(&self) {
        self.quiet.store(true, Ordering::Relaxed);
    }

    /// Every event so far, one line each.
    #[must_use]
    pub fn events(&self) -> Vec<String> {
        lock(&self.events).clone()
    }

    /// All of them as one text.
    #[must_use]
    pub fn log(&self) -> String {
        self.events().join("\n")
    }

    /// Whether an event has `part` in its line.
    #[must_use]
    pub fn has(&self, part: &str) -> bool {
        lock(&self.events).iter().any(|line| line.contains(part))
    }

    /// Runs the device on a thread of its own while `f` looks at it and acts on it, then shuts it down.
    pub fn during<T>(&self, f: impl FnOnce(&Self) -> T) -> T {
        std::thread::scope(|scope| {
            scope.spawn(|| self.device.run(None));
            let stop = Shutdown(self);
            let result = f(self);
            drop(stop);
            result
        })
    }

    /// Waits until `condition` holds.
    ///
    /// # Panics
    /// If it does not within a minute.
    pub fn until(&self, what: &str, condition: impl Fn(&Self) -> bool) {
        let began = Instant::now();
        while !condition(self) {
            assert!(began.elapsed() < Duration::from_mins(1), "never {what}:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

/// Shuts the device down even if the test fails in between, so that its threads end.
struct Shutdown<'r>(&'r Running);

impl Drop for Shutdown<'_> {
    fn drop(&mut self) {
        self.0.kernel().shutdown();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The policy of the greenhouse, for tests that read it.
#[must_use]
pub fn greenhouse() -> std::path::PathBuf {
    guests::root().join(Path::new("examples/greenhouse/greenhouse.toml"))
}
