//! What a device refuses: every structural lie about a real image, and noise.

use locket_image::{
    Digest, Image, ImageError, KeyError, Manifest, Memory, PublicKey, SIGNATURE_SECTION_LEN, Verifier,
    pack::{PackOptions, SigningKey, Wit, pack},
};
use proptest::prelude::*;

const GUEST: &str = include_str!("guests/blinker.wat");
/// Magic number and version.
const HEADER_LEN: usize = 8;

fn key() -> SigningKey {
    SigningKey::from_seed(&[7; 32])
}

fn unsigned() -> Vec<u8> {
    let module = wat::parse_str(GUEST).expect("the guest assembles");
    let wit = Wit::embedded().expect("the embedded WIT is right");
    pack(&module, &wit, &PackOptions::new("blinker", "1.2.0")).expect("the guest packs").unsigned
}

fn image() -> Vec<u8> {
    key().sign(&unsigned()).expect("an unsigned image can be signed")
}

/// The module of the image, without manifest and signature.
fn module() -> Vec<u8> {
    Image::parse(&image()).expect("a good image").module_bytes().to_vec()
}

fn custom(name: &str, data: &[u8]) -> Vec<u8> {
    let len = |n: usize| u8::try_from(n).ok().filter(|n| *n < 0x80).expect("short");
    let mut content = vec![len(name.len())];
    content.extend_from_slice(name.as_bytes());
    content.extend_from_slice(data);
    let mut section = vec![0];
    // Two bytes of LEB128, because manifests are longer than 127 bytes.
    section.extend_from_slice(&[len(content.len() % 128) | 0x80, len(content.len() / 128)]);
    section.extend_from_slice(&content);
    section
}

fn with_section(mut bytes: Vec<u8>, name: &str, data: &[u8]) -> Vec<u8> {
    bytes.extend_from_slice(&custom(name, data));
    bytes
}

/// A signed image of the module whose manifest went through `lie`.
fn lying(lie: impl FnOnce(&mut Manifest<'_>)) -> Vec<u8> {
    let image = image();
    let image = Image::parse(&image).expect("a good image");
    let mut manifest = image.manifest().clone();
    lie(&mut manifest);
    let content = postcard::to_extend(&manifest, vec![1]).expect("it encodes");
    signed(with_section(module(), "locket.manifest", &content))
}

fn signed(unsigned: impl AsRef<[u8]>) -> Vec<u8> {
    key().sign(unsigned.as_ref()).expect("it can be signed")
}

#[track_caller]
fn refused(bytes: &[u8]) -> ImageError {
    Image::parse(bytes).map(|image| image.to_string()).expect_err("it must be refused")
}

#[test]
fn a_good_image_tells_what_it_is() {
    let bytes = image();
    let image = Image::parse(&bytes).expect("a good image");
    assert_eq!(image.to_string(), "blinker@1.2.0");
    let manifest = image.manifest();
    assert_eq!(manifest.world, "locket:worlds/container@0.1.0");
    assert_eq!(manifest.imports, ["locket:gpio/digital@0.1.0", "wasi:logging/logging@0.1.0-draft"]);
    assert_eq!(manifest.exports, ["locket:system/run@0.1.0"]);
    assert_eq!(manifest.memory, Memory { initial: 4104, maximum: 4104 });
    let imports: Vec<String> = image.imports().map(|import| format!("{} {}", import.field, import.ty)).collect();
    let expected =
        ["[static]output.open (iii)", "[method]output.set (iii)", "[resource-drop]output (i)", "log (iiiii)"];
    assert_eq!(imports, expected);
    assert_eq!(image.digest(), Digest::of(&bytes));
    assert_eq!(image.signer(), key().public().id());
    assert!(wasmparser::validate(image.module_bytes()).is_ok());
    assert!(wasmparser::validate(&bytes).is_ok(), "the whole file is a module too");
    image.verify(&key().public()).expect("its key signed it");
}

#[test]
fn core_types_compare_with_the_kernels_signatures() {
    let bytes = image();
    let image = Image::parse(&bytes).expect("a good image");
    let open = image.imports().next().expect("there are imports").ty;
    assert!(open.is(b"(iii)"));
    for other in ["", "(", "(ii)", "(iiii)", "(iii)i", "(iiI)", "iii"] {
        assert!(!open.is(other.as_bytes()), "{other}");
    }
}

#[test]
fn a_cut_off_image_is_refused_at_every_length() {
    let image = image();
    for len in 0..image.len() {
        let _ = refused(&image[..len]);
    }
}

#[test]
fn no_bit_of_an_image_can_change() {
    let (good, public) = (image(), key().public());
    for at in 0..good.len() {
        for bit in 0..8 {
            let mut image = good.clone();
            image[at] ^= 1 << bit;
            let accepted = Image::parse(&image).is_ok_and(|image| image.verify(&public).is_ok());
            assert!(!accepted, "bit {bit} of byte {at} does not matter");
        }
    }
}

#[test]
fn nothing_may_follow_the_signature() {
    let good = image();
    let at = good.len();
    for extra in [vec![0], vec![0xff; 3], custom("name", b"x"), custom("locket.manifest", b"\x01")] {
        let image = [good.clone(), extra].concat();
        let error = refused(&image);
        assert!(
            matches!(error, ImageError::AfterSignature { at: found } if found == at)
                || error == (ImageError::SecondManifest { at }),
            "{error}"
        );
    }
    let twice = [good.clone(), good[at - SIGNATURE_SECTION_LEN..].to_vec()].concat();
    assert_eq!(refused(&twice), ImageError::SecondSignature { at });
}

#[test]
fn manifest_and_signature_stand_once_and_at_the_end() {
    let module = module();
    let at = module.len();
    assert_eq!(refused(&module), ImageError::NoManifest);
    assert_eq!(refused(&signed(module.clone())), ImageError::NoManifest);
    assert_eq!(refused(&unsigned()), ImageError::NoSignature);
    let end = unsigned().len();
    let between = with_section(unsigned(), "name", b"x");
    assert_eq!(refused(&signed(between)), ImageError::AfterManifest { at: end });
    let twice = with_section(unsigned(), "locket.manifest", b"\x01");
    assert_eq!(refused(&signed(twice)), ImageError::SecondManifest { at: end });
    let short = with_section(unsigned(), "locket.signature", b"\x01abc");
    assert_eq!(refused(&short), ImageError::SignatureEncoding { at: end });
    // The same signature under a longer encoding of its length would give one content two digests.
    let image = image();
    let padded = with_section(unsigned(), "locket.signature", &image[image.len() - 73..]);
    assert_eq!(refused(&padded), ImageError::SignatureEncoding { at: end });
    // A manifest of an ordinary custom section elsewhere is not one.
    assert_eq!(refused(&with_section(module, "locket.manifest2", b"\x01")), ImageError::NoManifest);
    assert!(at < end);
}

#[test]
fn formats_to_come_are_refused() {
    let image = image();
    let manifest_at = module().len() + 3 + 1 + "locket.manifest".len();
    let mut later = image.clone();
    assert_eq!(later[manifest_at], 1);
    later[manifest_at] = 2;
    assert_eq!(refused(&later), ImageError::UnknownFormat { at: manifest_at, version: 2 });
    let signature_at = image.len() - 73;
    let mut later = image;
    later[signature_at] = 9;
    assert_eq!(refused(&later), ImageError::UnknownFormat { at: signature_at, version: 9 });
}

#[test]
fn a_manifest_that_lies_about_its_module_is_refused() {
    let undeclared = lying(|manifest| {
        manifest.imports.remove(0);
    });
    assert!(matches!(refused(&undeclared), ImageError::UndeclaredImport { .. }));
    let absent = lying(|manifest| manifest.imports.push("wasi:random/random@0.2.0").expect("room"));
    assert!(matches!(refused(&absent), ImageError::AbsentInterface { list: "import", index: 2, .. }));
    let other_version = lying(|manifest| manifest.imports[0] = "locket:gpio/digital@0.2.0");
    assert!(matches!(refused(&other_version), ImageError::UndeclaredImport { .. }));
    let hidden = lying(|manifest| manifest.exports.clear());
    assert!(matches!(refused(&hidden), ImageError::UndeclaredExport { .. }));
    let absent = lying(|manifest| manifest.exports.insert(0, "a:b/c@1.0.0").expect("room"));
    assert!(matches!(refused(&absent), ImageError::AbsentInterface { list: "export", index: 0, .. }));
    for (initial, maximum) in [(0, 0), (4096, 4096), (4104, 65536), (4112, 4112), (131_072, 131_072)] {
        let image = lying(|manifest| manifest.memory = Memory { initial, maximum });
        assert!(matches!(refused(&image), ImageError::MemoryMismatch { pages: 1, .. }), "{initial} {maximum}");
    }
}

#[test]
fn fields_of_a_manifest_have_rules() {
    let field = |image: Vec<u8>| match refused(&image) {
        ImageError::BadField { field, .. } => field,
        other => panic!("{other}"),
    };
    let long = "a".repeat(65);
    for name in ["", "Soil", "-soil", "soil-", "so il", "so/il", "söil", &long] {
        let image = image();
        let image = Image::parse(&image).expect("a good image");
        let manifest = Manifest { name, ..image.manifest().clone() };
        let content = postcard::to_extend(&manifest, vec![1]).expect("it encodes");
        assert_eq!(field(signed(with_section(module(), "locket.manifest", &content))), "name", "{name}");
    }
    for version in ["", "1", "1.2", "1.2.3.4", "01.2.3", "1.2.x", "1.2.3-", "1.2.3+", "1.2.3-a..b", "v1.2.3"] {
        assert_eq!(field(lying(|manifest| manifest.version = version)), "version", "{version}");
    }
    for version in ["0.0.0", "1.2.3-draft", "1.2.3-a.1+b-c", "10.20.30+001"] {
        assert!(Image::parse(&lying(|manifest| manifest.version = version)).is_ok(), "{version}");
    }
    assert_eq!(field(lying(|manifest| manifest.world = "")), "world");
    assert_eq!(field(lying(|manifest| manifest.imports.swap(0, 1))), "list of imports");
    let twice = lying(|manifest| {
        let first = manifest.exports[0];
        manifest.exports.push(first).expect("room");
    });
    assert_eq!(field(twice), "list of exports");
}

#[test]
fn a_manifest_ends_where_its_section_ends() {
    let image = image();
    let image = Image::parse(&image).expect("a good image");
    let mut content = postcard::to_extend(image.manifest(), vec![1]).expect("it encodes");
    content.push(0);
    let longer = signed(with_section(module(), "locket.manifest", &content));
    assert!(matches!(refused(&longer), ImageError::BadManifest { .. }));
    content.truncate(content.len() - 2);
    let shorter = signed(with_section(module(), "locket.manifest", &content));
    assert!(matches!(refused(&shorter), ImageError::BadManifest { .. }));
}

#[test]
fn only_the_signers_key_verifies() {
    let other = SigningKey::from_seed(&[8; 32]);
    let bytes = image();
    let (signer, expected) = (key().public().id(), other.public().id());
    let found = Image::parse(&bytes).expect("a good image").verify(&other.public()).map(drop);
    assert_eq!(found, Err(ImageError::OtherSigner { signer, expected }));
    // Signed by one key, in the name of another.
    let mut forged = other.sign(&unsigned()).expect("it can be signed");
    let id_at = forged.len() - 72;
    forged[id_at..id_at + 8].copy_from_slice(&signer.0);
    let found = Image::parse(&forged).expect("well-formed").verify(&key().public()).map(drop);
    assert_eq!(found, Err(ImageError::FalseSignature { key: signer }));
    // A good signature over other bytes.
    let renamed = lying(|manifest| manifest.name = "blinkes");
    let transplanted = [&renamed[..renamed.len() - 64], &bytes[bytes.len() - 64..]].concat();
    let found = Image::parse(&transplanted).expect("well-formed").verify(&key().public()).map(drop);
    assert_eq!(found, Err(ImageError::FalseSignature { key: signer }));
}

#[test]
fn weak_keys_are_not_keys() {
    let mut identity = [0; 32];
    identity[0] = 1;
    assert_eq!(PublicKey::from_bytes(&identity), Err(KeyError::Weak));
    // No point has y = 2, and y = 2^255 - 1 is a second encoding of 18.
    let mut off_curve = [0; 32];
    off_curve[0] = 2;
    assert_eq!(PublicKey::from_bytes(&off_curve), Err(KeyError::NotAPoint));
    assert_eq!(PublicKey::from_bytes(&[0xff; 32]), Err(KeyError::NotAPoint));
}

#[test]
fn other_files_are_told_apart() {
    assert_eq!(refused(b""), ImageError::NotWasm);
    assert_eq!(refused(b"\x7fELF\x01\x01\x01\0"), ImageError::NotWasm);
    assert_eq!(refused(b"\0asm\x0d\0\x01\0"), ImageError::Component);
    assert_eq!(refused(b"\0asm\x02\0\0\0"), ImageError::ModuleVersion { version: 2 });
    assert!(matches!(refused(b"\0asm\x01\0"), ImageError::UnexpectedEnd { .. }));
}

#[test]
fn sections_that_no_container_has_are_refused() {
    let refused = |text: &str| {
        let module = wat::parse_str(text).expect("it assembles");
        refused(&signed(with_section(module, "locket.manifest", b"\x01\x01a\x050.1.0\x01w\0\0\0\0\0")))
    };
    assert!(matches!(refused(r#"(module (import "a" "b" (memory 1)))"#), ImageError::ImportKind { .. }));
    assert!(matches!(refused(r#"(module (import "a" "b" (global i32)))"#), ImageError::ImportKind { .. }));
    assert!(matches!(refused("(module (memory 1) (memory 1))"), ImageError::SecondMemory { .. }));
    assert!(matches!(refused("(module (memory i64 1))"), ImageError::UnknownForm { .. }));
    assert!(matches!(refused("(module (type (struct)))"), ImageError::UnknownForm { .. }));
    let exceptions = wat::parse_str("(module (tag))").expect("it assembles");
    assert!(matches!(Image::parse(&exceptions), Err(ImageError::UnknownForm { value: 13, .. })));
    let many = r#"(import "a" "b" (func))"#.repeat(600);
    assert!(matches!(refused(&format!("(module {many})")), ImageError::TooManyImports { .. }));
    let many = "(type (func))".repeat(5000);
    assert!(matches!(refused(&format!("(module {many})")), ImageError::TooManyTypes { .. }));
}

/// Everything that can be asked of an image; none of it may panic, whatever the bytes.
fn exercise(bytes: &[u8]) {
    let Ok(image) = Image::parse(bytes) else { return };
    let _ = image.verify(&key().public());
    let _ = (image.digest(), image.module_bytes().len(), image.to_string());
    image.imports().for_each(|import| drop(format!("{import:?}")));
}

proptest! {
    #[test]
    fn noise_is_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        exercise(&bytes);
        exercise(&[b"\0asm\x01\0\0\0", bytes.as_slice()].concat());
    }

    #[test]
    fn damaged_images_are_refused_without_a_panic(
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = image();
        for (at, value) in damage {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        exercise(&bytes);
        // The module in front of a manifest that matches what is left of it: deeper into the comparison.
        let module = &bytes[..HEADER_LEN + cut.index(bytes.len() - HEADER_LEN)];
        exercise(&[module, &bytes[bytes.len() - SIGNATURE_SECTION_LEN..]].concat());
    }

    #[test]
    fn pieces_verify_as_the_whole_does(pieces in proptest::collection::vec(0usize..200, 0..40), flip in any::<Option<u8>>()) {
        let mut bytes = image();
        if let Some(flip) = flip {
            bytes[usize::from(flip) + 8] ^= 1;
        }
        let mut verifier = Verifier::new();
        let mut rest = bytes.as_slice();
        for len in pieces {
            let (piece, left) = rest.split_at(len.min(rest.len()));
            verifier.update(piece);
            rest = left;
        }
        verifier.update(rest);
        let result = verifier.finish(&key().public());
        match flip {
            None => prop_assert_eq!(result, Ok(Digest::of(&bytes))),
            Some(_) => prop_assert!(result.is_err()),
        }
    }
}

#[test]
fn pieces_without_a_signature_are_refused() {
    for bytes in [&b""[..], b"\0asm", &unsigned()] {
        let mut verifier = Verifier::new();
        verifier.update(bytes);
        assert_eq!(verifier.finish(&key().public()), Err(ImageError::NoSignature));
    }
}
