/* The functions of WASI preview 1 as a module imports them, with the types and numbers of the specification. */
#ifndef PREVIEW1_H
#define PREVIEW1_H

#include <stdint.h>

#define WASI(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name))) extern int32_t raw_##name

WASI(args_get)(void *argv, void *bytes);
WASI(args_sizes_get)(void *count_out, void *len_out);
WASI(environ_get)(void *environ, void *bytes);
WASI(environ_sizes_get)(void *count_out, void *len_out);
WASI(clock_res_get)(uint32_t clock, void *time_out);
WASI(clock_time_get)(uint32_t clock, uint64_t precision, void *time_out);
WASI(fd_advise)(uint32_t fd, uint64_t offset, uint64_t len, uint32_t advice);
WASI(fd_allocate)(uint32_t fd, uint64_t offset, uint64_t len);
WASI(fd_close)(uint32_t fd);
WASI(fd_datasync)(uint32_t fd);
WASI(fd_fdstat_get)(uint32_t fd, void *fdstat_out);
WASI(fd_fdstat_set_flags)(uint32_t fd, uint32_t flags);
WASI(fd_fdstat_set_rights)(uint32_t fd, uint64_t base, uint64_t inheriting);
WASI(fd_filestat_get)(uint32_t fd, void *filestat_out);
WASI(fd_filestat_set_size)(uint32_t fd, uint64_t size);
WASI(fd_filestat_set_times)(uint32_t fd, uint64_t atim, uint64_t mtim, uint32_t flags);
WASI(fd_pread)(uint32_t fd, const void *vectors, uint32_t count, uint64_t offset, void *len_out);
WASI(fd_prestat_get)(uint32_t fd, void *prestat_out);
WASI(fd_prestat_dir_name)(uint32_t fd, void *path, uint32_t len);
WASI(fd_pwrite)(uint32_t fd, const void *vectors, uint32_t count, uint64_t offset, void *len_out);
WASI(fd_read)(uint32_t fd, const void *vectors, uint32_t count, void *len_out);
WASI(fd_readdir)(uint32_t fd, void *bytes, uint32_t len, uint64_t cookie, void *len_out);
WASI(fd_renumber)(uint32_t fd, uint32_t to);
WASI(fd_seek)(uint32_t fd, int64_t offset, uint32_t whence, void *offset_out);
WASI(fd_sync)(uint32_t fd);
WASI(fd_tell)(uint32_t fd, void *offset_out);
WASI(fd_write)(uint32_t fd, const void *vectors, uint32_t count, void *len_out);
WASI(path_create_directory)(uint32_t fd, const void *path, uint32_t len);
WASI(path_filestat_get)(uint32_t fd, uint32_t lookup, const void *path, uint32_t len, void *filestat_out);
WASI(path_filestat_set_times)(uint32_t fd, uint32_t lookup, const void *path, uint32_t len, uint64_t atim,
                              uint64_t mtim, uint32_t flags);
WASI(path_link)(uint32_t fd, uint32_t lookup, const void *path, uint32_t len, uint32_t new_fd,
                const void *new_path, uint32_t new_len);
WASI(path_open)(uint32_t fd, uint32_t lookup, const void *path, uint32_t len, uint32_t oflags, uint64_t base,
                uint64_t inheriting, uint32_t fdflags, void *fd_out);
WASI(path_readlink)(uint32_t fd, const void *path, uint32_t len, void *bytes, uint32_t bytes_len, void *len_out);
WASI(path_remove_directory)(uint32_t fd, const void *path, uint32_t len);
WASI(path_rename)(uint32_t fd, const void *path, uint32_t len, uint32_t new_fd, const void *new_path,
                  uint32_t new_len);
WASI(path_symlink)(const void *target, uint32_t target_len, uint32_t fd, const void *path, uint32_t len);
WASI(path_unlink_file)(uint32_t fd, const void *path, uint32_t len);
WASI(poll_oneoff)(const void *subscriptions, void *events, uint32_t count, void *count_out);
WASI(proc_raise)(uint32_t signal);
WASI(sched_yield)(void);
WASI(random_get)(void *bytes, uint32_t len);
WASI(sock_accept)(uint32_t fd, uint32_t flags, void *fd_out);
WASI(sock_recv)(uint32_t fd, const void *vectors, uint32_t count, uint32_t flags, void *len_out, void *flags_out);
WASI(sock_send)(uint32_t fd, const void *vectors, uint32_t count, uint32_t flags, void *len_out);
WASI(sock_shutdown)(uint32_t fd, uint32_t how);
__attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_exit"), noreturn)) extern void
raw_proc_exit(uint32_t status);

typedef enum {
  SUCCESS, TOOBIG, ACCES, ADDRINUSE, ADDRNOTAVAIL, AFNOSUPPORT, AGAIN, ALREADY, BADF, BADMSG, BUSY, CANCELED, CHILD,
  CONNABORTED, CONNREFUSED, CONNRESET, DEADLK, DESTADDRREQ, DOM, DQUOT, EXIST, FAULT, FBIG, HOSTUNREACH, IDRM, ILSEQ,
  INPROGRESS, INTR, INVAL, IO, ISCONN, ISDIR, LOOP, MFILE, MLINK, MSGSIZE, MULTIHOP, NAMETOOLONG, NETDOWN, NETRESET,
  NETUNREACH, NFILE, NOBUFS, NODEV, NOENT, NOEXEC, NOLCK, NOLINK, NOMEM, NOMSG, NOPROTOOPT, NOSPC, NOSYS, NOTCONN,
  NOTDIR, NOTEMPTY, NOTRECOVERABLE, NOTSOCK, NOTSUP, NOTTY, NXIO, OVERFLOW, OWNERDEAD, PERM, PIPE, PROTO,
  PROTONOSUPPORT, PROTOTYPE, RANGE, ROFS, SPIPE, SRCH, STALE, TIMEDOUT, TXTBSY, XDEV, NOTCAPABLE, ERRNOS
} errno_t;

enum { REALTIME, MONOTONIC, PROCESS_CPUTIME, THREAD_CPUTIME };
enum { SEEK_FROM_START, SEEK_FROM_HERE, SEEK_FROM_END };
enum { FOLLOW = 1 };
enum { CREAT = 1, DIRECTORY = 2, EXCL = 4, TRUNC = 8 };
enum { APPEND = 1, DSYNC = 2, NONBLOCK = 4, RSYNC = 8, SYNC = 16 };
enum { SET_ATIM = 1, ATIM_NOW = 2, SET_MTIM = 4, MTIM_NOW = 8 };
enum { CLOCK, FD_READ, FD_WRITE };
enum { UNKNOWN, BLOCK_DEVICE, CHARACTER_DEVICE, FOLDER, REGULAR_FILE, SOCKET_DGRAM, SOCKET_STREAM, SYMBOLIC_LINK };

#define RIGHT_READ (UINT64_C(1) << 1)
#define RIGHT_SEEK (UINT64_C(1) << 2)
#define RIGHT_WRITE (UINT64_C(1) << 6)
#define RIGHTS_OF_FILES (RIGHT_READ | RIGHT_SEEK | RIGHT_WRITE)
#define ALL_RIGHTS ((UINT64_C(1) << 30) - 1)

typedef struct {
  const void *data;
  uint32_t len;
} vector_t;

typedef struct {
  uint8_t filetype;
  uint16_t flags;
  uint64_t base, inheriting;
} fdstat_t;

typedef struct {
  uint64_t dev, ino;
  uint8_t filetype;
  uint64_t nlink, size, atim, mtim, ctim;
} filestat_t;

typedef struct {
  uint8_t tag;
  uint32_t name_len;
} prestat_t;

/* A name of `name_len` bytes follows. */
typedef struct {
  uint64_t next, ino;
  uint32_t name_len;
  uint8_t filetype;
} dirent_t;

typedef struct {
  uint64_t userdata;
  uint8_t type;
  union {
    struct {
      uint32_t id;
      uint64_t timeout, precision;
      uint16_t flags;
    } clock;
    uint32_t fd;
  } u;
} subscription_t;

typedef struct {
  uint64_t userdata;
  uint16_t error;
  uint8_t type;
  uint64_t bytes;
  uint16_t flags;
} event_t;

_Static_assert(sizeof(fdstat_t) == 24 && sizeof(filestat_t) == 64 && sizeof(prestat_t) == 8, "sizes");
_Static_assert(sizeof(dirent_t) == 24 && sizeof(subscription_t) == 48 && sizeof(event_t) == 32, "sizes");

#endif
