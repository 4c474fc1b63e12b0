//! SQLite's side of the simulated disk: one VFS named "sim" for the process.
//!
//! Disks live in a table of the *thread*, so that each thread can run its own seed; a path is
//! `/<disk>/<name>`. Locks and the WAL's shared memory are real enough for several connections of one
//! process, and vanish with it ([`Disk::kill_process`]).

// SQLite calls a VFS through C function pointers; there is no safe way to be one. Every pointer comes from
// SQLite within the call it passes it to, and `Handle` is owned by the sqlite3_file it was put into.
#![allow(unsafe_code)]

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::path::Path;
use std::rc::Rc;

use rusqlite::ffi;

use crate::disk::{Disk, Failure, FileData};

/// A mounted disk.
pub type DiskRef = Rc<RefCell<Disk>>;

/// The VFS's name.
pub const NAME: &CStr = c"sim";

thread_local! {
    static DISKS: RefCell<BTreeMap<u32, DiskRef>> = const { RefCell::new(BTreeMap::new()) };
    static NOW_MS: Cell<i64> = const { Cell::new(0) };
}

/// Makes `disk` reachable as `/<id>/…` on this thread, in place of what was there.
pub fn mount(id: u32, disk: Disk) -> DiskRef {
    register();
    let disk = Rc::new(RefCell::new(disk));
    DISKS.with(|disks| disks.borrow_mut().insert(id, disk.clone()));
    disk
}

/// Takes a disk away.
pub fn unmount(id: u32) {
    DISKS.with(|disks| disks.borrow_mut().remove(&id));
}

/// The virtual clock SQLite sees, milliseconds since 1970.
pub fn set_now(millis: i64) {
    NOW_MS.with(|now| now.set(millis));
}

/// The disk and file name behind a path.
pub(crate) fn find(path: &Path) -> Option<(DiskRef, String)> {
    let (id, name) = path.to_str()?.strip_prefix('/')?.split_once('/')?;
    let id = id.parse().ok()?;
    Some((DISKS.with(|disks| disks.borrow().get(&id).cloned())?, name.to_owned()))
}

/// What a process holds: gone with it.
#[derive(Default)]
pub(crate) struct Process {
    locks: BTreeMap<String, Rc<RefCell<Locks>>>,
    shared: BTreeMap<String, Rc<RefCell<Shared>>>,
}

#[derive(Default)]
struct Locks {
    shared: u32,
    reserved: bool,
    pending: bool,
    exclusive: bool,
}

#[derive(Default)]
struct Shared {
    /// Boxed one by one: SQLite keeps their addresses.
    regions: Vec<Box<[u8]>>,
    readers: [u32; 8],
    writer: [bool; 8],
    users: u32,
}

struct Handle {
    disk: DiskRef,
    file: Rc<RefCell<FileData>>,
    locks: Rc<RefCell<Locks>>,
    name: String,
    level: c_int,
    shared: Option<Rc<RefCell<Shared>>>,
    reads: u8,
    writes: u8,
}

#[repr(C)]
struct SimFile {
    base: ffi::sqlite3_file,
    handle: *mut Handle,
}

unsafe fn handle<'a>(file: *mut ffi::sqlite3_file) -> &'a mut Handle {
    unsafe { &mut *(*file.cast::<SimFile>()).handle }
}

unsafe fn find_c(path: *const c_char) -> Option<(DiskRef, String)> {
    find(Path::new(unsafe { CStr::from_ptr(path) }.to_str().ok()?))
}

fn code(result: Result<(), Failure>, io: c_int) -> c_int {
    match result {
        Ok(()) => ffi::SQLITE_OK,
        Err(Failure::Full) => ffi::SQLITE_FULL,
        Err(Failure::Io) => io,
    }
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    unsafe {
        // Null, or SQLite calls close on a file that never opened.
        (*file).pMethods = std::ptr::null();
        // No name means a temporary file; temp_store=MEMORY forbids them.
        if path.is_null() {
            return ffi::SQLITE_CANTOPEN;
        }
        let Some((disk, name)) = find_c(path) else { return ffi::SQLITE_CANTOPEN };
        let (data, locks) = {
            let mut disk = disk.borrow_mut();
            if !disk.operation(1, name.len() as u64, 0) {
                return ffi::SQLITE_IOERR;
            }
            let Some(data) = disk.file(&name, flags & ffi::SQLITE_OPEN_CREATE != 0) else {
                return ffi::SQLITE_CANTOPEN;
            };
            (data, disk.process.locks.entry(name.clone()).or_default().clone())
        };
        let handle = Handle { disk, file: data, locks, name, level: 0, shared: None, reads: 0, writes: 0 };
        (*file.cast::<SimFile>()).handle = Box::into_raw(Box::new(handle));
        (*file).pMethods = &METHODS;
        if !out.is_null() {
            *out = flags;
        }
        ffi::SQLITE_OK
    }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    unsafe {
        unlock(file, 0);
        shm_unmap(file, 0);
        drop(Box::from_raw((*file.cast::<SimFile>()).handle));
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(_: *mut ffi::sqlite3_vfs, path: *const c_char, _: c_int) -> c_int {
    let Some((disk, name)) = (unsafe { find_c(path) }) else { return ffi::SQLITE_IOERR_DELETE };
    match disk.borrow_mut().delete(&name) {
        Ok(true) => ffi::SQLITE_OK,
        Ok(false) => ffi::SQLITE_IOERR_DELETE_NOENT,
        Err(_) => ffi::SQLITE_IOERR_DELETE,
    }
}

unsafe extern "C" fn access(
    _: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    _: c_int,
    out: *mut c_int,
) -> c_int {
    let there = unsafe { find_c(path) }.is_some_and(|(disk, name)| {
        let disk = disk.borrow();
        !disk.dead && disk.files.contains_key(&name)
    });
    unsafe { *out = there.into() };
    ffi::SQLITE_OK
}

unsafe extern "C" fn full_path(
    _: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    room: c_int,
    out: *mut c_char,
) -> c_int {
    let bytes = unsafe { CStr::from_ptr(path) }.to_bytes_with_nul();
    if bytes.len() > room as usize {
        return ffi::SQLITE_CANTOPEN;
    }
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr().cast(), out, bytes.len()) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    buffer: *mut c_void,
    length: c_int,
    at: i64,
) -> c_int {
    let handle = unsafe { handle(file) };
    if handle.disk.borrow().dead {
        return ffi::SQLITE_IOERR_READ;
    }
    let out = unsafe { std::slice::from_raw_parts_mut(buffer.cast::<u8>(), length as usize) };
    let data = handle.file.borrow();
    let start = (at as usize).min(data.seen.len());
    let have = (data.seen.len() - start).min(out.len());
    out[..have].copy_from_slice(&data.seen[start..start + have]);
    if have < out.len() {
        // The zeros are part of SQLite's contract.
        out[have..].fill(0);
        return ffi::SQLITE_IOERR_SHORT_READ;
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    buffer: *const c_void,
    length: c_int,
    at: i64,
) -> c_int {
    let handle = unsafe { handle(file) };
    let bytes = unsafe { std::slice::from_raw_parts(buffer.cast::<u8>(), length as usize) };
    let result = handle.disk.borrow_mut().write(&handle.file, &handle.name, at as usize, bytes);
    code(result, ffi::SQLITE_IOERR_WRITE)
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, length: i64) -> c_int {
    let handle = unsafe { handle(file) };
    let result = handle.disk.borrow_mut().truncate(&handle.file, &handle.name, length as usize);
    code(result, ffi::SQLITE_IOERR_TRUNCATE)
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    let handle = unsafe { handle(file) };
    let result = handle.disk.borrow_mut().sync(&handle.file, &handle.name);
    code(result, ffi::SQLITE_IOERR_FSYNC)
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, out: *mut i64) -> c_int {
    unsafe { *out = handle(file).file.borrow().seen.len() as i64 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    let handle = unsafe { handle(file) };
    if handle.level >= level {
        return ffi::SQLITE_OK;
    }
    let mut locks = handle.locks.borrow_mut();
    match level {
        ffi::SQLITE_LOCK_SHARED => {
            if locks.pending || locks.exclusive {
                return ffi::SQLITE_BUSY;
            }
            locks.shared += 1;
            handle.level = level;
        }
        ffi::SQLITE_LOCK_RESERVED => {
            if locks.reserved || locks.pending || locks.exclusive {
                return ffi::SQLITE_BUSY;
            }
            locks.reserved = true;
            handle.level = level;
        }
        _ => {
            if (locks.reserved || locks.pending) && handle.level < ffi::SQLITE_LOCK_RESERVED {
                return ffi::SQLITE_BUSY;
            }
            locks.pending = true;
            handle.level = ffi::SQLITE_LOCK_PENDING;
            if locks.shared > 1 {
                return ffi::SQLITE_BUSY;
            }
            locks.exclusive = true;
            locks.reserved = true;
            handle.level = ffi::SQLITE_LOCK_EXCLUSIVE;
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    let handle = unsafe { handle(file) };
    let mut locks = handle.locks.borrow_mut();
    if handle.level >= ffi::SQLITE_LOCK_RESERVED && level < ffi::SQLITE_LOCK_RESERVED {
        locks.reserved = false;
        locks.pending = false;
        locks.exclusive = false;
    }
    if handle.level >= ffi::SQLITE_LOCK_SHARED && level == 0 {
        locks.shared = locks.shared.saturating_sub(1);
    }
    handle.level = handle.level.min(level);
    ffi::SQLITE_OK
}

unsafe extern "C" fn reserved(file: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    unsafe { *out = handle(file).locks.borrow().reserved.into() };
    ffi::SQLITE_OK
}

unsafe extern "C" fn control(_: *mut ffi::sqlite3_file, _: c_int, _: *mut c_void) -> c_int {
    // Not OK: that would swallow pragmas.
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_: *mut ffi::sqlite3_file) -> c_int {
    4096
}

unsafe extern "C" fn characteristics(_: *mut ffi::sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    region: c_int,
    size: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    let handle = unsafe { handle(file) };
    if handle.disk.borrow().dead {
        return ffi::SQLITE_IOERR_SHMMAP;
    }
    let Handle { disk, name, shared, .. } = handle;
    let shared = shared.get_or_insert_with(|| {
        let shared = disk.borrow_mut().process.shared.entry(name.clone()).or_default().clone();
        shared.borrow_mut().users += 1;
        shared
    });
    let mut shared = shared.borrow_mut();
    if shared.regions.len() <= region as usize && extend == 0 {
        unsafe { *out = std::ptr::null_mut() };
        return ffi::SQLITE_OK;
    }
    while shared.regions.len() <= region as usize {
        shared.regions.push(vec![0; size as usize].into_boxed_slice());
    }
    unsafe { *out = shared.regions[region as usize].as_mut_ptr().cast() };
    ffi::SQLITE_OK
}

unsafe extern "C" fn shm_lock(
    file: *mut ffi::sqlite3_file,
    first: c_int,
    count: c_int,
    flags: c_int,
) -> c_int {
    let handle = unsafe { handle(file) };
    let Some(shared) = handle.shared.clone() else { return ffi::SQLITE_IOERR_SHMLOCK };
    let mut shared = shared.borrow_mut();
    let slots = first as usize..(first + count) as usize;
    for slot in slots.clone() {
        let bit = 1u8 << slot;
        if flags & ffi::SQLITE_SHM_UNLOCK != 0 {
            if handle.reads & bit != 0 {
                shared.readers[slot] -= 1;
                handle.reads &= !bit;
            }
            if handle.writes & bit != 0 {
                shared.writer[slot] = false;
                handle.writes &= !bit;
            }
        } else if flags & ffi::SQLITE_SHM_SHARED != 0 {
            if handle.reads & bit == 0 {
                if shared.writer[slot] {
                    return ffi::SQLITE_BUSY;
                }
                shared.readers[slot] += 1;
                handle.reads |= bit;
            }
        } else if handle.writes & bit == 0
            && (shared.writer[slot] || shared.readers[slot] > u32::from(handle.reads & bit != 0))
        {
            return ffi::SQLITE_BUSY;
        }
    }
    if flags & ffi::SQLITE_SHM_EXCLUSIVE != 0 && flags & ffi::SQLITE_SHM_LOCK != 0 {
        for slot in slots {
            shared.writer[slot] = true;
            handle.writes |= 1 << slot;
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn shm_barrier(_: *mut ffi::sqlite3_file) {
    std::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst);
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    let handle = unsafe { handle(file) };
    if let Some(shared) = handle.shared.take() {
        let last = {
            let mut shared = shared.borrow_mut();
            for slot in 0..8 {
                if handle.reads >> slot & 1 == 1 {
                    shared.readers[slot] -= 1;
                }
                if handle.writes >> slot & 1 == 1 {
                    shared.writer[slot] = false;
                }
            }
            shared.users -= 1;
            shared.users == 0
        };
        handle.reads = 0;
        handle.writes = 0;
        if last {
            handle.disk.borrow_mut().process.shared.remove(&handle.name);
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn randomness(_: *mut ffi::sqlite3_vfs, length: c_int, out: *mut c_char) -> c_int {
    // Constant, so that WAL salts repeat from run to run.
    unsafe { std::ptr::write_bytes(out, 7, length as usize) };
    length
}

unsafe extern "C" fn sleep(_: *mut ffi::sqlite3_vfs, micros: c_int) -> c_int {
    NOW_MS.with(|now| now.set(now.get() + i64::from(micros) / 1_000));
    micros
}

unsafe extern "C" fn current_time(_: *mut ffi::sqlite3_vfs, out: *mut f64) -> c_int {
    unsafe { *out = 2_440_587.5 + NOW_MS.with(Cell::get) as f64 / 86_400_000.0 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn current_time_64(_: *mut ffi::sqlite3_vfs, out: *mut i64) -> c_int {
    unsafe { *out = 210_866_760_000_000 + NOW_MS.with(Cell::get) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn last_error(_: *mut ffi::sqlite3_vfs, _: c_int, _: *mut c_char) -> c_int {
    0
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(reserved),
    xFileControl: Some(control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// Registers the VFS, once per process, beside the system's.
pub fn register() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| unsafe {
        let mut vfs: ffi::sqlite3_vfs = std::mem::zeroed();
        vfs.iVersion = 2;
        vfs.szOsFile = size_of::<SimFile>() as c_int;
        vfs.mxPathname = 256;
        vfs.zName = NAME.as_ptr();
        vfs.xOpen = Some(open);
        vfs.xDelete = Some(delete);
        vfs.xAccess = Some(access);
        vfs.xFullPathname = Some(full_path);
        vfs.xRandomness = Some(randomness);
        vfs.xSleep = Some(sleep);
        vfs.xCurrentTime = Some(current_time);
        vfs.xCurrentTimeInt64 = Some(current_time_64);
        vfs.xGetLastError = Some(last_error);
        assert_eq!(ffi::sqlite3_vfs_register(Box::leak(Box::new(vfs)), 0), ffi::SQLITE_OK);
    });
}
