//! What Linux tells of this process.

use std::fs;

const MIB_IN_KIB: f64 = 1_024.0;
/// The unit of times in `/proc`, whatever the kernel counts in.
const TICKS_PER_SECOND: f64 = 100.0;

/// Memory that is resident, in MiB.
pub(crate) fn resident() -> f64 {
    status("VmRSS:")
}

/// The most that was resident since [`forget_peak`], in MiB.
pub(crate) fn peak() -> f64 {
    status("VmHWM:")
}

pub(crate) fn forget_peak() {
    // <https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html>
    fs::write("/proc/self/clear_refs", "5").expect("Linux lets a process forget its peak");
}

/// CPU seconds of this process, fields 14 and 15 of its `stat`.
pub(crate) fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux tells");
    let (_, after_name) = stat.rsplit_once(')').expect("its name ends");
    let fields = after_name.split_whitespace().skip(11).take(2);
    let ticks: f64 = fields.map(|field| field.parse::<f64>().unwrap()).sum();
    ticks / TICKS_PER_SECOND
}

fn status(name: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kib: f64 = kib.and_then(|kib| kib.parse().ok()).expect("it is a size");
    kib / MIB_IN_KIB
}
