//! `locket verify`: who signed an image, and whether a policy takes it.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{ArgGroup, Args};
use locket_image::{Digest, Image, PublicKey};
use locket_policy::Policy;
use miette::{Result, miette};

use crate::{
    files,
    images::{self, ImageFolder},
    policy,
};

const EXAMPLES: &str = "\
Examples:
  locket verify soil.wasm --signer ed25519:Ey538yoSY12a2KACt82umkbJaDahiA7e6avjQB1K9nk=
  locket verify soil.wasm --policy greenhouse.toml
  locket verify soil.wasm --policy greenhouse.toml --container soil";

/// Check an image's signature, with a key or with the signers of a policy
#[derive(Args)]
#[command(after_help = EXAMPLES, group(ArgGroup::new("judge").required(true).args(["signer", "policy"])))]
pub struct Options {
    /// The image
    #[arg(value_name = "IMAGE")]
    image: PathBuf,
    /// The public key that must have signed it
    #[arg(long, value_name = "KEY")]
    signer: Option<String>,
    /// The policy that must take it
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The container of the policy that must take it [default: any]
    #[arg(long, value_name = "NAME", requires = "policy")]
    container: Option<String>,
    /// Where to look for the policy's other images, besides its own folder and the image's; may be given more than once
    #[arg(long, value_name = "DIR", requires = "policy")]
    images: Vec<PathBuf>,
}

pub fn run(options: &Options) -> Result<ExitCode> {
    let path = &options.image;
    let bytes = files::read(path, "an image, as `locket build` makes it")?;
    let image = images::parse(path, &bytes)?;
    let shown = path.display();
    let digest = match (&options.signer, &options.policy) {
        (Some(signer), _) => {
            let key = read_signer(signer)?;
            let verified = image.verify(&key).map_err(|error| images::refusal(path, &error))?;
            println!("{shown}: {image} was signed by {key}");
            verified.digest()
        }
        (None, Some(policy)) => by_policy(options, &image, policy)?,
        (None, None) => return Err(miette!("give a signer or a policy")),
    };
    println!("  digest {digest}");
    Ok(ExitCode::SUCCESS)
}

fn read_signer(text: &str) -> Result<PublicKey> {
    text.parse().map_err(|error| {
        miette!(
            help = "a public key is written ed25519:…, as `locket keygen` prints it and a policy's [signers] has it",
            "--signer: {error}"
        )
    })
}

fn by_policy(options: &Options, image: &Image<'_>, policy_path: &Path) -> Result<Digest> {
    let path = &options.image;
    let container = options.container.as_deref();
    let beside = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    let mut folders = options.images.clone();
    folders.push(beside.to_owned());
    let checked = policy::load(policy_path, &ImageFolder::new(&folders))?;
    let policy = checked.policy();
    let file = policy_path.display();
    if let Some(name) = container
        && policy.find_container(name).is_none()
    {
        return Err(miette!(help = containers(&policy), "{file} has no container `{name}`"));
    }
    let manifest = image.manifest();
    let wanted = policy.containers().iter().filter(|candidate| {
        let named = container.is_none_or(|name| policy.text(candidate.name) == name);
        named && policy.text(candidate.image) == manifest.name && candidate.versions.takes(manifest.version)
    });
    let mut refusal = None;
    for candidate in wanted {
        let name = policy.text(candidate.name);
        let Some(signer) = policy.signers().get(usize::from(candidate.signer.0)) else { continue };
        let key = PublicKey::from_bytes(&signer.key).map_err(|error| miette!("{file}: {error}"))?;
        match image.verify(&key) {
            Ok(verified) => {
                let signer = policy.text(signer.name);
                println!("{}: {image} was signed by `{signer}`, as container `{name}` requires", path.display());
                return Ok(verified.digest());
            }
            Err(error) => refusal = Some(images::refusal(path, &error)),
        }
    }
    let shown = path.display();
    Err(refusal.unwrap_or_else(|| match container {
        Some(name) => {
            miette!(help = containers(&policy), "{shown}: container `{name}` of {file} does not take {image}")
        }
        None => miette!(help = containers(&policy), "{shown}: no container of {file} takes {image}"),
    }))
}

fn containers(policy: &Policy<'_>) -> String {
    let takes: Vec<String> = policy
        .containers()
        .iter()
        .map(|container| {
            format!("container `{}` takes image `{}`", policy.text(container.name), policy.text(container.image))
        })
        .collect();
    if takes.is_empty() { "the policy has no containers".to_owned() } else { takes.join(", ") }
}
