/* fd_readdir, path_create_directory, path_remove_directory. */
#include "check.h"
#include <stdlib.h>

typedef struct {
  char name[256];
  dirent_t head;
} entry_t;

static uint32_t open_folder(const char *path) {
  uint32_t fd = UINT32_MAX;
  OK(raw_path_open(RW, 0, path, (uint32_t)strlen(path), DIRECTORY, RIGHT_READ, 0, 0, &fd));
  return fd;
}

/* Reads the entries from a cookie on, with a buffer of that many bytes; tells how many bytes were used. */
static uint32_t read_entries(uint32_t fd, uint32_t buffer_len, uint64_t cookie, entry_t *entries, uint32_t *count) {
  static _Alignas(8) char bytes[8192];
  uint32_t used = UINT32_MAX, at = 0;
  memset(bytes, 0x5a, sizeof bytes);
  *count = 0;
  if (!OK(raw_fd_readdir(fd, bytes, buffer_len, cookie, &used))) return 0;
  CHECK(used <= buffer_len);
  CHECK(bytes[buffer_len] == 0x5a);
  while (used - at >= sizeof(dirent_t)) {
    entry_t *entry = &entries[*count];
    memcpy(&entry->head, bytes + at, sizeof(dirent_t));
    at += (uint32_t)sizeof(dirent_t);
    if (entry->head.name_len > used - at) break;
    memcpy(entry->name, bytes + at, entry->head.name_len);
    entry->name[entry->head.name_len] = 0;
    at += entry->head.name_len;
    ++*count;
  }
  return used;
}

static const entry_t *find(const entry_t *entries, uint32_t count, const char *name) {
  for (uint32_t i = 0; i < count; i++) {
    if (strcmp(entries[i].name, name) == 0) return &entries[i];
  }
  return NULL;
}

static bool has(const entry_t *entries, uint32_t count, const char *name, uint8_t filetype) {
  const entry_t *entry = find(entries, count, name);
  return entry != NULL && entry->head.filetype == filetype;
}

static void listing(void) {
  static entry_t entries[128], others[128];
  uint32_t count = 0, others_count = 0;

  CASE("fd_readdir of an empty folder has the folder itself and the one above");
  OK(raw_path_create_directory(RW, PATH("list")));
  uint32_t fd = open_folder("list");
  CHECK(read_entries(fd, 4096, 0, entries, &count) < 4096);
  CHECK(count == 2 && has(entries, count, ".", FOLDER) && has(entries, count, "..", FOLDER));

  CASE("fd_readdir has each entry with its type and its ino");
  make_file("list/a file", "");
  OK(raw_path_create_directory(RW, PATH("list/inner")));
  OK(raw_path_symlink(PATH("nowhere"), RW, PATH("list/link")));
  CHECK(read_entries(fd, 4096, 0, entries, &count) < 4096);
  CHECK(count == 5);
  CHECK(has(entries, count, "a file", REGULAR_FILE) && has(entries, count, "inner", FOLDER));
  CHECK(has(entries, count, "link", SYMBOLIC_LINK));
  filestat_t stat = {0};
  OK(raw_path_filestat_get(RW, 0, PATH("list/a file"), &stat));
  CHECK(find(entries, count, "a file") != NULL && find(entries, count, "a file")->head.ino == stat.ino);

  CASE("fd_readdir goes on from the cookie of each entry");
  for (uint32_t i = 0; i < count; i++) {
    read_entries(fd, 4096, entries[i].head.next, others, &others_count);
    CHECK(others_count == count - i - 1);
    for (uint32_t j = 0; j < others_count; j++) CHECK(strcmp(others[j].name, entries[i + 1 + j].name) == 0);
  }

  CASE("fd_readdir fills a small buffer to its end and cuts the last entry");
  static const uint32_t sizes[] = {0, 1, 23, 24, 25, 26, 50, 51, 100};
  for (int i = 0; i < 9; i++) CHECK(read_entries(fd, sizes[i], 0, others, &others_count) == sizes[i]);

  CASE("fd_readdir from a cookie that no entry has gives nothing or an error");
  static const uint64_t cookies[] = {1000, UINT32_MAX, (uint64_t)UINT32_MAX + 1, INT64_MAX, UINT64_MAX};
  for (int i = 0; i < 5; i++) {
    char bytes[256];
    uint32_t used = 0;
    GIVES(raw_fd_readdir(fd, bytes, sizeof bytes, cookies[i], &used), SUCCESS, INVAL, OVERFLOW, NOENT);
    CHECK(used == 0);
  }

  CASE("fd_readdir sees entries that are made and removed after the folder was opened");
  OK(raw_path_unlink_file(RW, PATH("list/link")));
  make_file("list/new", "");
  read_entries(fd, 4096, 0, entries, &count);
  CHECK(find(entries, count, "new") != NULL && find(entries, count, "link") == NULL);

  CASE("fd_readdir of a folder that was removed has no entries but itself and the one above");
  OK(raw_path_unlink_file(RW, PATH("list/new")));
  OK(raw_path_unlink_file(RW, PATH("list/a file")));
  OK(raw_path_remove_directory(RW, PATH("list/inner")));
  OK(raw_path_remove_directory(RW, PATH("list")));
  char bytes[256];
  uint32_t used = 0;
  GIVES(raw_fd_readdir(fd, bytes, sizeof bytes, 0, &used), SUCCESS, NOENT);
  CHECK(used <= 2 * sizeof(dirent_t) + 3);
  OK(raw_fd_close(fd));

  CASE("fd_readdir in parts gives each entry of a large folder once");
  OK(raw_path_create_directory(RW, PATH("large folder")));
  for (int i = 0; i < 100; i++) {
    char name[32];
    snprintf(name, sizeof name, "large folder/file.%d", i);
    make_file(name, "");
  }
  fd = open_folder("large folder");
  int seen[100] = {0}, total = 0;
  for (uint64_t cookie = 0, parts = 0; parts < 100; parts++) {
    used = read_entries(fd, 256, cookie, entries, &count);
    for (uint32_t i = 0; i < count; i++) {
      if (entries[i].name[0] == 'f') seen[atoi(entries[i].name + 5)]++;
      total++;
    }
    if (used < 256 || count == 0) break;
    cookie = entries[count - 1].head.next;
  }
  CHECK(total == 102);
  for (int i = 0; i < 100; i++) CHECK(seen[i] == 1);
  OK(raw_fd_close(fd));
}

static void strange(void) {
  static entry_t entries[128];
  uint32_t count = 0;
  filestat_t stat = {0};

  CASE("a FIFO and a socket of the host in a folder are listed");
  uint32_t fd = open_folder("specials");
  read_entries(fd, 4096, 0, entries, &count);
  CHECK(count == 4 && find(entries, count, "fifo") != NULL && find(entries, count, "socket") != NULL);
  OK(raw_fd_close(fd));

  CASE("path_filestat_get works for a FIFO and a socket of the host");
  OK(raw_path_filestat_get(RW, 0, PATH("specials/fifo"), &stat));
  CHECK(stat.filetype != REGULAR_FILE && stat.filetype != FOLDER);
  OK(raw_path_filestat_get(RW, 0, PATH("specials/socket"), &stat));
  CHECK(stat.filetype != REGULAR_FILE && stat.filetype != FOLDER);

  CASE("a folder is listed even if the name of a file in it isn't UTF-8");
  fd = open_folder("names");
  read_entries(fd, 4096, 0, entries, &count);
  CHECK(find(entries, count, "good") != NULL);
  OK(raw_fd_close(fd));
}

static void making(void) {
  CASE("path_create_directory and path_remove_directory make and remove a folder");
  OK(raw_path_create_directory(RW, PATH("made")));
  CHECK(filetype_of("made") == FOLDER);
  OK(raw_path_create_directory(RW, PATH("made/inner")));
  GIVES(raw_path_remove_directory(RW, PATH("made")), NOTEMPTY);
  OK(raw_path_remove_directory(RW, PATH("made/inner")));
  OK(raw_path_remove_directory(RW, PATH("made")));
  GIVES(raw_path_remove_directory(RW, PATH("made")), NOENT);

  CASE("path_create_directory takes slashes at the end");
  OK(raw_path_create_directory(RW, PATH("made//")));
  OK(raw_path_remove_directory(RW, PATH("made")));

  CASE("path_remove_directory takes slashes at the end");
  OK(raw_path_create_directory(RW, PATH("slashes")));
  OK(raw_path_remove_directory(RW, PATH("slashes/")));
  OK(raw_path_create_directory(RW, PATH("slashes too")));
  OK(raw_path_remove_directory(RW, PATH("slashes too///")));

  CASE("path_create_directory where something is already is exist");
  make_file("taken", "");
  GIVES(raw_path_create_directory(RW, PATH("taken")), EXIST);
  OK(raw_path_symlink(PATH("nowhere"), RW, PATH("taken link")));
  GIVES(raw_path_create_directory(RW, PATH("taken link")), EXIST);
  OK(raw_path_create_directory(RW, PATH("made")));
  GIVES(raw_path_create_directory(RW, PATH("made")), EXIST);
  GIVES(raw_path_create_directory(RW, PATH(".")), EXIST);
  GIVES(raw_path_create_directory(RW, PATH("made/.")), EXIST);

  CASE("path_create_directory in a folder that doesn't exist, or in a file, is an error");
  GIVES(raw_path_create_directory(RW, PATH("missing/inner")), NOENT);
  GIVES(raw_path_create_directory(RW, PATH("taken/inner")), NOTDIR);

  CASE("path_remove_directory of a file or a symbolic link is notdir");
  GIVES(raw_path_remove_directory(RW, PATH("taken")), NOTDIR);
  GIVES(raw_path_remove_directory(RW, PATH("taken/")), NOTDIR);
  OK(raw_path_symlink(PATH("made"), RW, PATH("link to made")));
  GIVES(raw_path_remove_directory(RW, PATH("link to made")), NOTDIR);
  GIVES(raw_path_remove_directory(RW, PATH("link to made/")), NOTDIR, INVAL);
  CHECK(filetype_of("made") == FOLDER);

  CASE("path_remove_directory of the folder itself, or of one above, is an error");
  GIVES(raw_path_remove_directory(RW, PATH(".")), INVAL, NOTEMPTY, BUSY, OUTSIDE);
  GIVES(raw_path_remove_directory(RW, PATH("made/..")), INVAL, NOTEMPTY, BUSY, OUTSIDE);
  GIVES(raw_path_remove_directory(RW, PATH("..")), OUTSIDE);
  OK(raw_path_remove_directory(RW, PATH("made")));
}

int main(void) {
  listing();
  strange();
  making();
  end_case();
  return 0;
}
