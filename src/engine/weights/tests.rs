//! Tests of files that others wrote, as they should be and as they shouldn't.

use super::{InitFrom, Shapes, Start, collect, fit, shapes};
use crate::engine::checkpoint::{Checkpoint, Progress};
use crate::engine::model::{Encoder, Head, Model, Network, NormKind};
use burn::tensor::Device;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use tempfile::TempDir;
use zip::CompressionMethod::{self, Deflated, Stored};

fn model() -> Model {
    Model {
        encoder: Encoder::Resnet10,
        width: 4,
        ..Model::default()
    }
}

fn network() -> Network {
    Network::new(&model(), &Head::default(), 0, &Device::flex())
}

/// The encoder's tensors under torchvision's names.
fn encoder() -> Shapes {
    shapes(&network().encoder)
}

/// What a file begins a network with, or why it doesn't.
fn opened(path: &Path) -> Result<InitFrom, String> {
    let start = Start {
        init: path.display().to_string(),
        ..Start::default()
    };
    let opened = start.open(&model(), &Head::default());
    opened.map_err(|e| e.to_string())
}

/// The same of bytes.
fn begun(bytes: &[u8]) -> Result<InitFrom, String> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("weights");
    fs::write(&path, bytes).unwrap();
    opened(&path)
}

/// A tensor as a pickle of `torch.save` has it.
struct Pickled {
    shape: Vec<usize>,
    strides: Vec<usize>,
    offset: usize,
    storage: usize,
}

impl Pickled {
    /// One that lies in its storage from end to end.
    fn plain(shape: &[usize]) -> Self {
        let strides = (1..=shape.len()).map(|axis| shape[axis..].iter().product());
        Self {
            shape: shape.to_vec(),
            strides: strides.collect(),
            offset: 0,
            storage: shape.iter().product(),
        }
    }

    fn written(&self, name: &str, key: usize, out: &mut Vec<u8>) {
        let text = |out: &mut Vec<u8>, text: &str| {
            out.push(b'X');
            out.extend((text.len() as u32).to_le_bytes());
            out.extend(text.as_bytes());
        };
        let number = |out: &mut Vec<u8>, number: usize| {
            out.extend(b"\x8a\x08");
            out.extend((number as i64).to_le_bytes());
        };
        text(out, name);
        out.extend(b"ctorch._utils\n_rebuild_tensor_v2\n((");
        text(out, "storage");
        out.extend(b"ctorch\nFloatStorage\n");
        text(out, &key.to_string());
        text(out, "cpu");
        number(out, self.storage);
        out.extend(b"tQ");
        number(out, self.offset);
        for axes in [&self.shape, &self.strides] {
            out.push(b'(');
            for axis in axes {
                number(out, *axis);
            }
            out.push(b't');
        }
        out.extend(b"\x89ccollections\nOrderedDict\n)RtRs");
    }
}

/// A whole encoder with one tensor changed.
fn pickled(change: impl Fn(&mut Pickled)) -> Vec<(String, Pickled)> {
    let all = encoder().into_iter();
    let mut all: Vec<_> = all
        .map(|(name, shape)| (name, Pickled::plain(&shape)))
        .collect();
    let first = all.iter_mut().find(|(name, _)| name == "conv1.weight");
    change(&mut first.unwrap().1);
    all
}

fn pickle(tensors: &[(String, Pickled)]) -> Vec<u8> {
    let mut out = b"\x80\x02}".to_vec();
    for (key, (name, tensor)) in tensors.iter().enumerate() {
        tensor.written(name, key, &mut out);
    }
    out.push(b'.');
    out
}

/// A file as `torch.save` writes it, each storage full of halves; `how` is how they are stored.
fn saved(tensors: &[(String, Pickled)], pickle: &[u8], how: CompressionMethod) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = |how| zip::write::SimpleFileOptions::default().compression_method(how);
    out.start_file("a/data.pkl", options(Stored)).unwrap();
    out.write_all(pickle).unwrap();
    for (key, (_, tensor)) in tensors.iter().enumerate() {
        let numbers = tensor.storage.min(1 << 20);
        out.start_file(format!("a/data/{key}"), options(how))
            .unwrap();
        out.write_all(&0.5_f32.to_le_bytes().repeat(numbers))
            .unwrap();
    }
    out.finish().unwrap().into_inner()
}

fn pth(change: impl Fn(&mut Pickled)) -> Vec<u8> {
    let tensors = pickled(change);
    saved(&tensors, &pickle(&tensors), Stored)
}

#[test]
fn an_encoder_of_torch_save_is_read() {
    let Ok(InitFrom::Weights(read)) = begun(&pth(|_| ())) else {
        panic!("it wasn't")
    };
    let network = read.into_network(network(), &Device::flex()).unwrap();
    let all = collect(&network.encoder).unwrap();
    assert!(all.values().all(|array| {
        array
            .values
            .iter()
            .all(|v| v.to_bits() == 0.5_f32.to_bits())
    }));
}

#[test]
fn a_tensor_is_what_the_network_needs_before_it_is_read() {
    // 2.5 billion numbers that are one; a terabyte at the end of a storage that isn't there; and one that lies behind it.
    let huge = pth(|t| {
        t.shape = vec![50_000, 50_000, 1, 1];
        t.strides = vec![0; 4];
    });
    let far = pth(|t| t.strides = vec![1 << 38; 4]);
    let behind = pth(|t| t.offset = 1);
    let overflow = pth(|t| t.shape = vec![1 << 62; 4]);
    let short = pth(|t| {
        t.storage = 1 << 40;
        t.strides = vec![1 << 37, 1, 1, 1];
    });
    for (bytes, says) in [
        (
            huge,
            "\"conv1.weight\" has shape [50000, 50000, 1, 1] and this network needs [4, 3, 3, 3]",
        ),
        (far, "elements, but storage"),
        (behind, "needs 109 elements, but storage"),
        (overflow, "overflows"),
        (short, "\"conv1.weight\" can't be read"),
    ] {
        let why = begun(&bytes).unwrap_err();
        assert!(why.contains(says), "{why}");
    }
}

#[test]
fn what_unpacks_to_more_than_it_is_is_refused() {
    let tensors = pickled(|_| ());
    let bomb = saved(&tensors, &pickle(&tensors), Deflated);
    let objects = [&b"\x80\x02"[..], &b"N".repeat(3 << 20), b"."].concat();
    let many = saved(&[], &objects, Stored);
    let magic = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.";
    let legacy = [&magic[..], b"\x80\x02M\xe9\x03.", &objects].concat();
    let cut = [&magic[..], b"\x80\x02M\xe9\x03.", &b"N".repeat(99)].concat();
    let mut tar = vec![0; 600];
    tar[257..262].copy_from_slice(b"ustar");
    let nested = saved(
        &[],
        &[
            b"\x80\x02",
            &b"]".repeat(1 << 20)[..],
            &b"a".repeat(1 << 20),
        ]
        .concat()[..],
        Stored,
    );
    for (bytes, says) in [
        (&bomb[..], "has compressed entries"),
        (&many, "holds more than 2097152 bytes beside its tensors"),
        (&legacy, "save the encoder alone"),
        (&cut, "is cut short"),
        (&tar, "PyTorch before 0.1.10"),
        (&nested, "holds more than"),
        (&objects, "neither a safetensors nor a torch.save file"),
        (
            b"PK\x03\x04 and no more",
            "is not a complete torch.save file",
        ),
    ] {
        let why = begun(bytes).unwrap_err();
        assert!(why.contains(says), "{why}");
    }
}

/// A safetensors file of this header and as many bytes behind it.
fn safetensors(header: &str, bytes: usize) -> Vec<u8> {
    let length = (header.len() as u64).to_le_bytes();
    [&length[..], header.as_bytes(), &vec![0; bytes]].concat()
}

#[test]
fn a_header_of_safetensors_is_believed_where_the_file_agrees() {
    let of = |kind: &str, shape: &str, offsets: &str| {
        format!(
            "{{\"conv1.weight\":{{\"dtype\":\"{kind}\",\"shape\":{shape},\"data_offsets\":{offsets}}}}}"
        )
    };
    let mut lying = safetensors("{}", 0);
    lying[..8].fill(255);
    let mut short = safetensors("{}", 0);
    short[0] = 200;
    let long = format!("{{\"__metadata__\":{{\"a\":\"{}\"}}}}", "x".repeat(2 << 20));
    let mut many = String::from("{\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}");
    for nth in 0..40_000 {
        let _ = write!(
            many,
            ",\"{nth}\":{{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}"
        );
    }
    many.push('}');
    for (bytes, says) in [
        (lying, "has a header of 18446744073709551615 bytes"),
        (short, "its header is cut short"),
        (safetensors(&long, 0), "has a header of"),
        (safetensors(&many, 0), "has a header of"),
        (
            safetensors(&of("F32", "[2]", "[0,8]"), 7),
            "cut short, or more follows",
        ),
        (
            safetensors(&of("F32", "[2]", "[0,8]"), 9),
            "cut short, or more follows",
        ),
        (
            safetensors(&of("F32", "[3]", "[0,8]"), 8),
            "is not a complete safetensors file",
        ),
        (
            safetensors(&of("F32", "[2]", "[8,0]"), 8),
            "is not a complete safetensors file",
        ),
        (
            safetensors(&of("F32", "[4294967296,4294967296,2]", "[0,8]"), 8),
            "is not a complete safetensors file",
        ),
        (
            safetensors(&of("F32", "[50000,50000]", "[0,10000000000]"), 8),
            "cut short, or more follows",
        ),
        (
            safetensors(&of("I64", "[1]", "[0,8]"), 8),
            "holds no tensor of real numbers",
        ),
        (
            safetensors(&of("F32", "[1,1,1,2]", "[0,8]"), 8),
            "the weights hold no \"bn1.bias\"",
        ),
        (
            safetensors(&"[".repeat(100_000).replacen('[', "{\"a\":", 1), 0),
            "is not a complete safetensors file",
        ),
    ] {
        let why = begun(&bytes).unwrap_err();
        assert!(why.contains(says), "{why:.300}");
        assert!(why.len() < 700, "{} bytes", why.len());
    }
}

#[test]
fn weights_by_another_norm_are_refused_with_what_to_set() {
    let by = |norm| {
        let model = Model { norm, ..model() };
        shapes(&Network::new(&model, &Head::default(), 0, &Device::flex()))
    };
    let (batch, group) = (by(NormKind::Batch), by(NormKind::Group));
    let why = |found, network| fit(found, network).unwrap_err().to_string();
    assert!(why(&batch, &group).ends_with("; set model.norm to batch"));
    assert!(why(&group, &batch).ends_with("; set model.norm to group"));
    assert!(fit(&group, &group).is_ok());
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_refused() {
    let folder = TempDir::new().unwrap();
    for (place, says) in [
        (Path::new("/dev/zero"), "is not a regular file"),
        (folder.path(), "is a folder"),
        (&folder.path().join("a"), "there is no such file"),
    ] {
        let why = opened(place).unwrap_err();
        assert!(why.contains(says), "{why}");
    }
}

#[test]
fn a_checkpoint_is_of_the_network_and_no_larger_than_it_can_be() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.safetensors");
    let whole = Checkpoint {
        progress: Progress::default(),
        network: collect(&network()).unwrap(),
        optimizer: Vec::new(),
    };
    fs::write(&path, whole.to_bytes().unwrap()).unwrap();
    let start = Start {
        extend: path.display().to_string(),
        ..Start::default()
    };
    let opened = |model: &Model| {
        let opened = start.open(model, &Head::default());
        opened.map_err(|e| e.to_string())
    };
    assert!(matches!(opened(&model()), Ok(InitFrom::Checkpoint(_))));
    let other = Model {
        encoder: Encoder::Resnet18,
        ..model()
    };
    let why = opened(&other).unwrap_err();
    assert!(why.contains("the weights hold no"), "{why}");
    let file = fs::File::options().write(true).open(&path).unwrap();
    file.set_len(1 << 40).unwrap();
    let why = opened(&model()).unwrap_err();
    assert!(why.contains("is larger than"), "{why}");
}
