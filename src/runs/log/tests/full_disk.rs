//! A log on a disk that fills up, or loses power.

use super::*;

/// A disk that takes so many bytes, then none until room is made; it counts how often it was synced.
#[derive(Clone, Default)]
struct Disk(Arc<Mutex<(Vec<u8>, usize)>>, Arc<AtomicUsize>);

impl Disk {
    fn room(&self, bytes: usize) {
        self.0.lock().unwrap().1 = bytes;
    }
    fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().0.clone()
    }
}

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut disk = self.0.lock().unwrap();
        // A write may be short before it fails: half a record is then on disk.
        let taken = bytes.len().min(disk.1);
        if taken == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        disk.0.extend_from_slice(&bytes[..taken]);
        disk.1 -= taken;
        Ok(taken)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Sink for Disk {
    fn sync(&mut self) -> io::Result<()> {
        self.1.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

#[test]
fn the_end_of_an_epoch_and_what_is_no_point_are_synced_at_once() {
    for (report, wanted) in [
        (point(3), 0),
        (point(7), 1),
        (note("a word"), 1),
        (Report::Paused, 1),
    ] {
        let disk = Disk::default();
        disk.room(usize::MAX);
        let mut log = LogWriter::new(Box::new(disk.clone()));
        log.append(&report).unwrap();
        assert_eq!(disk.1.load(Ordering::Relaxed), wanted, "{report:?}");
    }
    // Where nobody else syncs, it does with the first point of each second.
    let disk = Disk::default();
    disk.room(usize::MAX);
    let mut log = LogWriter::new(Box::new(disk.clone())).alone();
    log.append(&point(3)).unwrap();
    assert_eq!(disk.1.load(Ordering::Relaxed), 1);
}

#[test]
fn a_tail_of_zeros_after_a_power_cut_is_one_damage_and_the_log_goes_on() {
    let (_dir, path) = scratch();
    write(&path, &story());
    let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(&[0; 512]).unwrap();
    write(&path, &[note("more")]);
    let mut follower = Follower::open(&path);
    let mut wanted = expected(&story());
    wanted.push(format!("{:?}", note("more")));
    assert_eq!(texts(&follower.poll()), wanted);
    assert_eq!(follower.damaged(), 1);
}

fn on_disk(disk: &Disk) -> Vec<Record> {
    let (_dir, path) = scratch();
    fs::write(&path, disk.bytes()).unwrap();
    let mut follower = Follower::open(&path);
    let records = follower.poll();
    assert_eq!(follower.damaged(), 0);
    records
}

#[test]
fn a_full_disk_delays_records_and_loses_none() {
    for room in 0..400 {
        let disk = Disk::default();
        disk.room(room);
        let mut log = LogWriter::new(Box::new(disk.clone()));
        let fails = story().iter().filter(|r| log.append(r).is_err()).count();
        assert!(fails > 0 && log.pending() > 0, "room for {room}");
        assert!(on_disk(&disk).len() + log.pending() >= story().len());
        disk.room(usize::MAX);
        log.sync().unwrap();
        assert_eq!(log.pending(), 0);
        assert_eq!(
            texts(&on_disk(&disk)),
            expected(&story()),
            "room for {room}"
        );
    }
}

#[test]
fn a_disk_that_stays_full_costs_old_points_but_no_words() {
    let disk = Disk::default();
    let mut log = LogWriter::new(Box::new(disk.clone())).with_largest(2000);
    let first = note("first");
    log.append(&first).unwrap_err();
    for step in 0..100 {
        log.append(&point(step)).unwrap_err();
    }
    assert!(log.pending() < 20, "{} records in memory", log.pending());
    disk.room(usize::MAX);
    log.append(&note("last")).unwrap();
    let read = texts(&on_disk(&disk));
    assert_eq!(read.first(), expected(&[first]).first());
    assert!(read.iter().any(|r| r.contains("points are missing here")));
    assert!(
        read.iter().any(|r| r.contains("step: 99")),
        "the newest points are kept"
    );
    assert!(!read.iter().any(|r| r.contains("step: 0,")));
}
