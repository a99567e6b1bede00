/* path_link, path_symlink, path_readlink, path_rename, path_unlink_file. */
#include "check.h"

static filestat_t stat_of(const char *path) {
  filestat_t stat = {0};
  OK(raw_path_filestat_get(RW, 0, path, (uint32_t)strlen(path), &stat));
  return stat;
}

static bool exists(const char *path) {
  filestat_t stat;
  int32_t code = raw_path_filestat_get(RW, 0, path, (uint32_t)strlen(path), &stat);
  GIVES(code, SUCCESS, NOENT);
  return code == SUCCESS;
}

static void hard(void) {
  CASE("path_link makes a second name of a file");
  make_file("first", "linked");
  OK(raw_path_link(RW, 0, PATH("first"), RW, PATH("second")));
  CHECK(stat_of("first").nlink == 2 && stat_of("second").ino == stat_of("first").ino);
  CHECK(holds("second", "linked"));

  CASE("path_link to a name that is taken is exist");
  GIVES(raw_path_link(RW, 0, PATH("first"), RW, PATH("second")), EXIST);
  GIVES(raw_path_link(RW, 0, PATH("first"), RW, PATH("first")), EXIST);
  GIVES(raw_path_link(RW, 0, PATH("first"), RW, PATH("folder")), EXIST);

  CASE("path_link of a folder, or of a file that doesn't exist, is an error");
  GIVES(raw_path_link(RW, 0, PATH("folder"), RW, PATH("third")), PERM, ACCES, ISDIR);
  GIVES(raw_path_link(RW, 0, PATH("missing"), RW, PATH("third")), NOENT);
  GIVES(raw_path_link(RW, 0, PATH("first"), RW, PATH("missing/third")), NOENT);
  GIVES(raw_path_link(RW, 0, PATH("first"), RW, PATH("third/")), NOENT, NOTDIR);

  CASE("path_link without following makes a second name of the symbolic link itself");
  OK(raw_path_symlink(PATH("first"), RW, PATH("soft")));
  OK(raw_path_link(RW, 0, PATH("soft"), RW, PATH("soft too")));
  CHECK(stat_of("soft too").filetype == SYMBOLIC_LINK);

  CASE("path_link that follows makes a second name of the file behind the link");
  OK(raw_path_link(RW, FOLLOW, PATH("soft"), RW, PATH("behind")));
  CHECK(exists("behind") && stat_of("behind").ino == stat_of("first").ino);
}

static void symbolic(void) {
  char bytes[64];
  uint32_t len = 0;

  CASE("path_readlink tells the text of a symbolic link");
  OK(raw_path_symlink(PATH("some/where else"), RW, PATH("text")));
  memset(bytes, 0x5a, sizeof bytes);
  OK(raw_path_readlink(RW, PATH("text"), bytes, sizeof bytes, &len));
  CHECK(len == 15 && memcmp(bytes, "some/where elseZ", 16) == 0);

  CASE("path_readlink cuts the text to the size of the buffer");
  memset(bytes, 0x5a, sizeof bytes);
  OK(raw_path_readlink(RW, PATH("text"), bytes, 4, &len));
  CHECK(len == 4 && memcmp(bytes, "someZ", 5) == 0);
  OK(raw_path_readlink(RW, PATH("text"), bytes, 0, &len));
  CHECK(len == 0);
  OK(raw_path_readlink(RW, PATH("text"), NULL, 0, &len));

  CASE("path_readlink of a file or a folder is an error");
  GIVES(raw_path_readlink(RW, PATH("first"), bytes, sizeof bytes, &len), INVAL);
  GIVES(raw_path_readlink(RW, PATH("folder"), bytes, sizeof bytes, &len), INVAL);
  GIVES(raw_path_readlink(RW, PATH("."), bytes, sizeof bytes, &len), INVAL);
  GIVES(raw_path_readlink(RW, PATH("missing"), bytes, sizeof bytes, &len), NOENT);

  CASE("path_readlink of a link of the host that leads to an absolute path doesn't tell the path");
  GIVES(raw_path_readlink(RW, PATH("absolute"), bytes, sizeof bytes, &len), OUTSIDE);

  CASE("path_symlink where something is already is exist");
  GIVES(raw_path_symlink(PATH("first"), RW, PATH("text")), EXIST);
  GIVES(raw_path_symlink(PATH("first"), RW, PATH("first")), EXIST);
  GIVES(raw_path_symlink(PATH("first"), RW, PATH("folder")), EXIST);
  GIVES(raw_path_symlink(PATH("first"), RW, PATH("new/")), NOENT, NOTDIR);

  CASE("path_symlink to an absolute path isn't made");
  GIVES(raw_path_symlink(PATH("/etc/passwd"), RW, PATH("to passwd")), OUTSIDE);
  CHECK(!exists("to passwd"));

  CASE("path_symlink with an empty text, a NUL or invalid UTF-8 isn't made");
  GIVES(raw_path_symlink(PATH(""), RW, PATH("bad")), NOENT, INVAL);
  GIVES(raw_path_symlink(PATH("a\0b"), RW, PATH("bad")), INVAL, ILSEQ);
  GIVES(raw_path_symlink(PATH("\xff"), RW, PATH("bad")), ILSEQ);
  CHECK(!exists("bad"));
}

static void renaming(void) {
  CASE("path_rename moves a file, also into another folder");
  make_file("old", "moved");
  OK(raw_path_rename(RW, PATH("old"), RW, PATH("new")));
  CHECK(!exists("old") && holds("new", "moved"));
  OK(raw_path_rename(RW, PATH("new"), RW, PATH("folder/new")));
  CHECK(holds("folder/new", "moved"));

  CASE("path_rename replaces a file");
  make_file("target", "replaced");
  OK(raw_path_rename(RW, PATH("folder/new"), RW, PATH("target")));
  CHECK(holds("target", "moved") && !exists("folder/new"));
  OK(raw_path_rename(RW, PATH("target"), RW, PATH("target")));
  CHECK(holds("target", "moved"));

  CASE("path_rename of a file to a folder, and of a folder to a file, is an error");
  OK(raw_path_create_directory(RW, PATH("moving")));
  GIVES(raw_path_rename(RW, PATH("target"), RW, PATH("moving")), ISDIR);
  GIVES(raw_path_rename(RW, PATH("moving"), RW, PATH("target")), NOTDIR);
  CHECK(holds("target", "moved"));

  CASE("path_rename replaces an empty folder, and no other");
  OK(raw_path_create_directory(RW, PATH("empty")));
  OK(raw_path_create_directory(RW, PATH("full")));
  make_file("full/file", "");
  OK(raw_path_rename(RW, PATH("moving"), RW, PATH("empty")));
  CHECK(!exists("moving"));
  GIVES(raw_path_rename(RW, PATH("empty"), RW, PATH("full")), NOTEMPTY, EXIST);

  CASE("path_rename of a folder into itself is inval");
  GIVES(raw_path_rename(RW, PATH("empty"), RW, PATH("empty/inner")), INVAL);
  GIVES(raw_path_rename(RW, PATH("."), RW, PATH("empty/inner")), INVAL, BUSY, OUTSIDE);

  CASE("path_rename takes slashes behind the names of folders only");
  OK(raw_path_rename(RW, PATH("empty/"), RW, PATH("moving/")));
  GIVES(raw_path_rename(RW, PATH("target/"), RW, PATH("other")), NOTDIR);
  GIVES(raw_path_rename(RW, PATH("target"), RW, PATH("other/")), NOTDIR, NOENT, ISDIR);
  CHECK(holds("target", "moved"));

  CASE("path_rename moves a symbolic link, not the file behind it");
  OK(raw_path_symlink(PATH("target"), RW, PATH("pointer")));
  OK(raw_path_rename(RW, PATH("pointer"), RW, PATH("pointer too")));
  CHECK(stat_of("pointer too").filetype == SYMBOLIC_LINK && holds("target", "moved"));
  GIVES(raw_path_rename(RW, PATH("missing"), RW, PATH("other")), NOENT);

  CASE("path_rename between two folders of the host moves a file, or is xdev");
  OK(raw_path_create_directory(RW, PATH("a")));
  OK(raw_path_create_directory(RW, PATH("b")));
  make_file("a/file", "across");
  uint32_t a = 0, b = 0;
  OK(raw_path_open(RW, 0, PATH("a"), DIRECTORY, RIGHT_READ, 0, 0, &a));
  OK(raw_path_open(RW, 0, PATH("b"), DIRECTORY, RIGHT_READ, 0, 0, &b));
  OK(raw_path_rename(a, PATH("file"), b, PATH("file")));
  CHECK(holds("b/file", "across"));
  GIVES(raw_path_rename(b, PATH("file"), a, PATH("../b/file")), OUTSIDE);
  OK(raw_fd_close(a));
  OK(raw_fd_close(b));
}

static void unlinking(void) {
  CASE("path_unlink_file removes a file and a symbolic link");
  make_file("removed", "");
  OK(raw_path_symlink(PATH("target"), RW, PATH("removed link")));
  OK(raw_path_unlink_file(RW, PATH("removed")));
  OK(raw_path_unlink_file(RW, PATH("removed link")));
  CHECK(!exists("removed") && !exists("removed link") && exists("target"));
  GIVES(raw_path_unlink_file(RW, PATH("removed")), NOENT);

  CASE("path_unlink_file of a folder is isdir");
  GIVES(raw_path_unlink_file(RW, PATH("folder")), ISDIR);
  GIVES(raw_path_unlink_file(RW, PATH(".")), ISDIR);

  CASE("path_unlink_file refuses a slash behind the name");
  GIVES(raw_path_unlink_file(RW, PATH("folder/")), ISDIR, PERM);
  GIVES(raw_path_unlink_file(RW, PATH("target/")), NOTDIR);
  OK(raw_path_symlink(PATH("folder"), RW, PATH("to folder")));
  GIVES(raw_path_unlink_file(RW, PATH("to folder/")), NOTDIR, ISDIR, PERM);

  CASE("a file that is removed while it is open can be read to its end");
  uint32_t fd = new_file("removed", "still here"), len = 0;
  char bytes[16];
  vector_t in = {bytes, sizeof bytes};
  OK(raw_path_unlink_file(RW, PATH("removed")));
  OK(raw_fd_read(fd, &in, 1, &len));
  CHECK(len == 10);
  make_file("removed", "another");
  OK(raw_fd_close(fd));
  CHECK(holds("removed", "another"));
}

int main(void) {
  hard();
  symbolic();
  renaming();
  unlinking();
  end_case();
  return 0;
}
