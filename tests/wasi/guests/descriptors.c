/* Functions of open descriptors besides reading and writing, and every function with a descriptor that it isn't for. */
#include "check.h"

static filestat_t stat_of(uint32_t fd) {
  filestat_t stat = {0};
  OK(raw_fd_filestat_get(fd, &stat));
  return stat;
}

static fdstat_t fdstat_of(uint32_t fd) {
  fdstat_t stat = {0};
  OK(raw_fd_fdstat_get(fd, &stat));
  return stat;
}

static uint32_t open_folder(void) {
  uint32_t fd = UINT32_MAX;
  OK(raw_path_open(RW, 0, PATH("folder"), DIRECTORY, RIGHT_READ, ALL_RIGHTS, 0, &fd));
  return fd;
}

static void attributes(void) {
  CASE("fd_filestat_get tells the type, the size and the links of a file");
  uint32_t fd = new_file("attributes", "12345"), other = open_file("attributes", 0, RIGHT_READ, 0);
  filestat_t stat = stat_of(fd);
  CHECK(stat.filetype == REGULAR_FILE && stat.size == 5 && stat.nlink == 1);

  CASE("dev and ino are the same for two descriptors of a file, and differ between two files");
  CHECK(stat_of(other).ino == stat.ino && stat_of(other).dev == stat.dev);
  uint32_t another = new_file("another", "");
  CHECK(stat_of(another).ino != stat.ino);
  OK(raw_fd_close(another));
  OK(raw_fd_close(other));

  CASE("fd_filestat_get works for folders and for the streams of the program");
  CHECK(stat_of(RW).filetype == FOLDER);
  for (uint32_t stream = 0; stream < 3; stream++) stat_of(stream);

  CASE("fd_filestat_set_size cuts a file and fills it with zeros");
  uint32_t len = 0;
  char bytes[16];
  vector_t in = {bytes, sizeof bytes};
  OK(raw_fd_filestat_set_size(fd, 2));
  OK(raw_fd_filestat_set_size(fd, 4));
  OK(raw_fd_pread(fd, &in, 1, 0, &len));
  CHECK(len == 4 && memcmp(bytes, "12\0\0", 4) == 0);

  CASE("fd_filestat_set_size to more than a file can have is an error and changes nothing");
  GIVES(raw_fd_filestat_set_size(fd, UINT64_MAX), INVAL, FBIG, OVERFLOW);
  GIVES(raw_fd_filestat_set_size(fd, (uint64_t)INT64_MAX + 1), INVAL, FBIG, OVERFLOW);
  CHECK(stat_of(fd).size == 4);

  CASE("fd_filestat_set_times sets the times that the flags name");
  OK(raw_fd_filestat_set_times(fd, 1000000001, 2000000002, SET_ATIM | SET_MTIM));
  CHECK(stat_of(fd).atim == 1000000001 && stat_of(fd).mtim == 2000000002);
  OK(raw_fd_filestat_set_times(fd, 5, 3000000003, SET_MTIM));
  CHECK(stat_of(fd).atim == 1000000001 && stat_of(fd).mtim == 3000000003);
  OK(raw_fd_filestat_set_times(fd, 5, 5, 0));
  CHECK(stat_of(fd).mtim == 3000000003);
  OK(raw_fd_filestat_set_times(fd, 5, 5, ATIM_NOW | MTIM_NOW));
  CHECK(stat_of(fd).atim > UINT64_C(1577836800000000000) && stat_of(fd).mtim > UINT64_C(1577836800000000000));

  CASE("fd_filestat_set_times refuses flags that contradict each other or don't exist");
  GIVES(raw_fd_filestat_set_times(fd, 1, 1, SET_ATIM | ATIM_NOW), INVAL);
  GIVES(raw_fd_filestat_set_times(fd, 1, 1, SET_MTIM | MTIM_NOW), INVAL);
  GIVES(raw_fd_filestat_set_times(fd, 1, 1, 16), INVAL);
  GIVES(raw_fd_filestat_set_times(fd, 1, 1, 0xffff), INVAL);

  CASE("fd_filestat_set_times takes the largest time, or refuses it");
  GIVES(raw_fd_filestat_set_times(fd, UINT64_MAX, UINT64_MAX, SET_ATIM | SET_MTIM), SUCCESS, INVAL, OVERFLOW);

  CASE("fd_sync and fd_datasync succeed on a file");
  OK(raw_fd_sync(fd));
  OK(raw_fd_datasync(fd));

  CASE("fd_advise takes each advice for any part of a file");
  for (uint32_t advice = 0; advice < 6; advice++) {
    OK(raw_fd_advise(fd, 0, 0, advice));
    OK(raw_fd_advise(fd, 1, 100000, advice));
  }

  CASE("fd_advise refuses an advice that doesn't exist and offsets that overflow");
  GIVES(raw_fd_advise(fd, 0, 0, 6), INVAL);
  GIVES(raw_fd_advise(fd, 0, 0, 255), INVAL);
  GIVES(raw_fd_advise(fd, 0, 0, 256), INVAL);
  GIVES(raw_fd_advise(fd, UINT64_MAX, 1, 0), INVAL, OVERFLOW, SUCCESS);
  GIVES(raw_fd_advise(fd, 1, UINT64_MAX, 0), INVAL, OVERFLOW, SUCCESS);

  CASE("fd_allocate makes a file as long as the area that it allocates");
  OK(raw_fd_allocate(fd, 10, 90));
  CHECK(stat_of(fd).size == 100);

  CASE("fd_allocate of more than a file can have is an error");
  GIVES(raw_fd_allocate(fd, UINT64_MAX, UINT64_MAX), INVAL, FBIG, OVERFLOW, NOTSUP);
  GIVES(raw_fd_allocate(fd, 0, 0), INVAL, SUCCESS, NOTSUP);
  OK(raw_fd_close(fd));
}

static void flags(void) {
  CASE("fd_fdstat_get tells the type and the flags of a descriptor");
  uint32_t fd = new_file("flags", "");
  CHECK(fdstat_of(fd).filetype == REGULAR_FILE && fdstat_of(fd).flags == 0);
  CHECK(fdstat_of(RW).filetype == FOLDER);
  for (uint32_t stream = 0; stream < 3; stream++) CHECK(fdstat_of(stream).filetype != REGULAR_FILE);

  CASE("fd_fdstat_get shows the rights to read and write with which a file was opened");
  CHECK((fdstat_of(fd).base & RIGHTS_OF_FILES) == RIGHTS_OF_FILES);
  uint32_t reader = open_file("flags", 0, RIGHT_READ, 0);
  CHECK((fdstat_of(reader).base & RIGHT_WRITE) == 0 && (fdstat_of(reader).base & RIGHT_READ) != 0);
  OK(raw_fd_close(reader));

  CASE("a folder has no right to seek");
  CHECK((fdstat_of(RW).base & RIGHT_SEEK) == 0);

  CASE("fd_fdstat_set_flags sets appending and non-blocking mode");
  OK(raw_fd_fdstat_set_flags(fd, APPEND | NONBLOCK));
  CHECK(fdstat_of(fd).flags == (APPEND | NONBLOCK));
  OK(raw_fd_fdstat_set_flags(fd, 0));
  CHECK(fdstat_of(fd).flags == 0);

  CASE("fd_fdstat_set_flags makes writes synchronous, or refuses it and changes nothing");
  GIVES(raw_fd_fdstat_set_flags(fd, SYNC), SUCCESS, INVAL, NOTSUP);
  GIVES(raw_fd_fdstat_set_flags(fd, DSYNC | APPEND), SUCCESS, INVAL, NOTSUP);
  GIVES(raw_fd_fdstat_set_flags(fd, RSYNC), SUCCESS, INVAL, NOTSUP);

  CASE("fd_fdstat_set_flags refuses flags that don't exist");
  GIVES(raw_fd_fdstat_set_flags(fd, 32), INVAL);
  GIVES(raw_fd_fdstat_set_flags(fd, 0xffff), INVAL);
  GIVES(raw_fd_fdstat_set_flags(fd, 0x10000), INVAL);
  OK(raw_fd_close(fd));

  CASE("fd_fdstat_set_rights takes rights away");
  fd = new_file("flags", "");
  OK(raw_fd_fdstat_set_rights(fd, RIGHT_READ, 0));
  CHECK((fdstat_of(fd).base & RIGHT_WRITE) == 0);

  CASE("fd_fdstat_set_rights can't add a right");
  reader = open_file("flags", 0, RIGHT_READ, 0);
  GIVES(raw_fd_fdstat_set_rights(reader, ALL_RIGHTS, ALL_RIGHTS), NOTCAPABLE, NOTSUP);
  GIVES(raw_fd_fdstat_set_rights(reader, UINT64_MAX, 0), INVAL);
  OK(raw_fd_close(reader));
  OK(raw_fd_close(fd));
}

static void preopens(void) {
  prestat_t stat = {9, 9};
  char name[8] = "xxxxxxx";

  CASE("fd_prestat_get and fd_prestat_dir_name tell the names of the folders that the host opened");
  OK(raw_fd_prestat_get(RW, &stat));
  CHECK(stat.tag == 0 && stat.name_len == 3);
  OK(raw_fd_prestat_dir_name(RW, name, 3));
  CHECK(memcmp(name, "/rwxxxx", 7) == 0);
  OK(raw_fd_prestat_dir_name(RO, name, 8));
  CHECK(memcmp(name, "/roxxxx", 7) == 0);

  CASE("fd_prestat_dir_name into fewer bytes than the name has is an error");
  GIVES(raw_fd_prestat_dir_name(RW, name, 2), NAMETOOLONG, INVAL);
  GIVES(raw_fd_prestat_dir_name(RW, name, 0), NAMETOOLONG, INVAL);

  CASE("a descriptor that the host didn't open as a folder is none of them");
  uint32_t folder = open_folder();
  uint32_t fds[] = {0, 1, 2, folder, 1000, 0x7fffffff, 0x80000000, 0xffffffff};
  for (int i = 0; i < 8; i++) {
    GIVES(raw_fd_prestat_get(fds[i], &stat), BADF, NOTSUP);
    GIVES(raw_fd_prestat_dir_name(fds[i], name, 8), BADF, NOTDIR, NOTSUP);
  }
  OK(raw_fd_close(folder));
}

static void renumbering(void) {
  CASE("fd_renumber puts a descriptor in the place of another, which is closed");
  uint32_t from = new_file("from", "from"), to = new_file("to", "to!");
  char bytes[8];
  vector_t in = {bytes, sizeof bytes};
  uint32_t len = 0;
  OK(raw_fd_renumber(from, to));
  GIVES(raw_fd_close(from), BADF);
  OK(raw_fd_read(to, &in, 1, &len));
  CHECK(len == 4 && memcmp(bytes, "from", 4) == 0);

  CASE("fd_renumber to itself changes nothing");
  OK(raw_fd_renumber(to, to));
  CHECK(stat_of(to).size == 4);

  CASE("fd_renumber needs two open descriptors");
  GIVES(raw_fd_renumber(to, from), BADF);
  GIVES(raw_fd_renumber(from, to), BADF);
  GIVES(raw_fd_renumber(from, from), BADF);
  GIVES(raw_fd_renumber(to, UINT32_MAX), BADF);
  GIVES(raw_fd_renumber(to, 0x7fffffff), BADF);
  CHECK(stat_of(to).size == 4);
  OK(raw_fd_close(to));

  CASE("a number that was closed is used again, and no two descriptors have the same");
  uint32_t fds[20];
  for (int i = 0; i < 20; i++) {
    fds[i] = new_file("from", "");
    CHECK(fds[i] < 0x80000000);
    for (int j = 0; j < i; j++) CHECK(fds[i] != fds[j]);
  }
  for (int i = 0; i < 20; i++) OK(raw_fd_close(fds[i]));
  GIVES(raw_fd_close(fds[0]), BADF);
}

/* Each function of descriptors with one that it isn't for. */
static void refuse(uint32_t fd, bool folder) {
  char bytes[64];
  uint64_t place[8];
  uint32_t len = 0;
  vector_t vector = {bytes, sizeof bytes};
  GIVES(raw_fd_read(fd, &vector, 1, &len), WRONG_SORT);
  GIVES(raw_fd_write(fd, &vector, 1, &len), WRONG_SORT);
  GIVES(raw_fd_pread(fd, &vector, 1, 0, &len), WRONG_SORT);
  GIVES(raw_fd_pwrite(fd, &vector, 1, 0, &len), WRONG_SORT);
  GIVES(raw_fd_seek(fd, 0, SEEK_FROM_HERE, place), WRONG_SORT);
  GIVES(raw_fd_tell(fd, place), WRONG_SORT);
  GIVES(raw_fd_advise(fd, 0, 0, 0), WRONG_SORT);
  GIVES(raw_fd_allocate(fd, 0, 1), WRONG_SORT);
  GIVES(raw_fd_filestat_set_size(fd, 0), WRONG_SORT);
  if (folder) return;
  GIVES(raw_fd_readdir(fd, bytes, sizeof bytes, 0, &len), WRONG_SORT);
  GIVES(raw_path_open(fd, 0, PATH("file"), 0, RIGHT_READ, 0, 0, &len), WRONG_SORT);
  GIVES(raw_path_create_directory(fd, PATH("new")), WRONG_SORT);
  GIVES(raw_path_filestat_get(fd, 0, PATH("file"), place), WRONG_SORT);
  GIVES(raw_path_filestat_set_times(fd, 0, PATH("file"), 0, 0, 0), WRONG_SORT);
  GIVES(raw_path_link(fd, 0, PATH("file"), RW, PATH("new")), WRONG_SORT);
  GIVES(raw_path_link(RW, 0, PATH("file"), fd, PATH("new")), WRONG_SORT);
  GIVES(raw_path_readlink(fd, PATH("link"), bytes, sizeof bytes, &len), WRONG_SORT);
  GIVES(raw_path_remove_directory(fd, PATH("folder")), WRONG_SORT);
  GIVES(raw_path_rename(fd, PATH("file"), RW, PATH("new")), WRONG_SORT);
  GIVES(raw_path_rename(RW, PATH("file"), fd, PATH("new")), WRONG_SORT);
  GIVES(raw_path_symlink(PATH("file"), fd, PATH("new")), WRONG_SORT);
  GIVES(raw_path_unlink_file(fd, PATH("file")), WRONG_SORT);
}

/* Each function of descriptors with one that isn't open. */
static void closed(uint32_t fd) {
  uint64_t place[8];
  uint32_t len = 0;
  vector_t vector = {place, 8};
  GIVES(raw_fd_close(fd), BADF);
  GIVES(raw_fd_fdstat_get(fd, place), BADF);
  GIVES(raw_fd_fdstat_set_flags(fd, 0), BADF);
  GIVES(raw_fd_fdstat_set_rights(fd, 0, 0), BADF);
  GIVES(raw_fd_filestat_get(fd, place), BADF);
  GIVES(raw_fd_filestat_set_times(fd, 0, 0, 0), BADF);
  GIVES(raw_fd_sync(fd), BADF);
  GIVES(raw_fd_datasync(fd), BADF);
  GIVES(raw_fd_read(fd, &vector, 1, &len), BADF);
  GIVES(raw_fd_write(fd, &vector, 1, &len), BADF);
  GIVES(raw_fd_seek(fd, 0, SEEK_FROM_HERE, place), BADF);
  GIVES(raw_fd_tell(fd, place), BADF);
  GIVES(raw_fd_advise(fd, 0, 0, 0), BADF);
  GIVES(raw_path_open(fd, 0, PATH("file"), 0, RIGHT_READ, 0, 0, &len), BADF);
  GIVES(raw_path_unlink_file(fd, PATH("file")), BADF);
  GIVES(raw_sock_accept(fd, 0, &len), BADF);
  GIVES(raw_sock_recv(fd, &vector, 1, 0, &len, place), BADF);
  GIVES(raw_sock_send(fd, &vector, 1, 0, &len), BADF);
  GIVES(raw_sock_shutdown(fd, 1), BADF);
  refuse(fd, false);
}

static void sockets(uint32_t fd) {
  uint64_t place = 0;
  uint32_t len = 0;
  char bytes[8];
  vector_t vector = {bytes, sizeof bytes};
  GIVES(raw_sock_accept(fd, 0, &len), NOTSOCK);
  GIVES(raw_sock_recv(fd, &vector, 1, 0, &len, &place), NOTSOCK);
  GIVES(raw_sock_send(fd, &vector, 1, 0, &len), NOTSOCK);
  for (uint32_t how = 1; how <= 3; how++) GIVES(raw_sock_shutdown(fd, how), NOTSOCK);
  GIVES(raw_sock_accept(fd, 32, &len), INVAL);
  GIVES(raw_sock_recv(fd, &vector, 1, 4, &len, &place), INVAL);
  GIVES(raw_sock_shutdown(fd, 4), INVAL);
  GIVES(raw_sock_shutdown(fd, 256), INVAL);
}

int main(void) {
  attributes();
  flags();
  preopens();
  renumbering();

  CASE("a folder is refused by each function of files");
  refuse(RW, true);
  uint32_t fd = open_folder();
  refuse(fd, true);

  CASE("a file is refused by each function of folders");
  uint32_t file = new_file("file", "file");
  uint32_t len = 0;
  char bytes[64];
  GIVES(raw_fd_readdir(file, bytes, sizeof bytes, 0, &len), WRONG_SORT);
  GIVES(raw_path_open(file, 0, PATH("file"), 0, RIGHT_READ, 0, 0, &len), WRONG_SORT);
  GIVES(raw_path_rename(file, PATH("file"), RW, PATH("new")), WRONG_SORT);
  GIVES(raw_path_create_directory(file, PATH("new")), WRONG_SORT);

  CASE("files, folders and streams are no sockets");
  sockets(file);
  sockets(fd);
  for (uint32_t stream = 0; stream < 3; stream++) sockets(stream);

  CASE("each function refuses a descriptor that isn't open");
  OK(raw_fd_close(fd));
  closed(fd);
  OK(raw_fd_close(file));
  static const uint32_t fds[] = {1000, 0x7fffffff, 0x80000000, 0xffffffff};
  for (int i = 0; i < 4; i++) closed(fds[i]);
  CHECK(holds("file", "file"));

  CASE("a folder that the host opened can be closed");
  OK(raw_fd_close(RO));
  closed(RO);
  end_case();
  return 0;
}
