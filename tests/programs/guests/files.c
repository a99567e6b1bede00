/* Makes, renames, lists and removes files with the functions of the C library. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int wrong;

#define CHECK(condition)                                                       \
  do {                                                                         \
    if (!(condition)) {                                                        \
      printf("line %d: %s: %s\n", __LINE__, #condition, strerror(errno));      \
      wrong++;                                                                 \
    }                                                                          \
  } while (0)

static int entries_of(const char *path) {
  int count = 0;
  DIR *folder = opendir(path);
  CHECK(folder != NULL);
  while (folder != NULL && readdir(folder) != NULL) count++;
  CHECK(folder == NULL || closedir(folder) == 0);
  return count;
}

int main(int argc, char **argv) {
  char text[64] = "";
  struct stat status;
  if (argc < 2 || chdir(argv[1]) != 0) return 2;

  FILE *file = fopen("first.txt", "w+");
  CHECK(file != NULL);
  if (file == NULL) return 1;
  CHECK(fprintf(file, "%d %s\n", 42, "lines") == 9);
  CHECK(fseek(file, 3, SEEK_SET) == 0 && fgets(text, sizeof text, file) != NULL);
  CHECK(strcmp(text, "lines\n") == 0);
  CHECK(fclose(file) == 0);

  file = fopen("first.txt", "a");
  CHECK(file != NULL && fputs("more", file) >= 0 && fclose(file) == 0);
  CHECK(stat("first.txt", &status) == 0 && status.st_size == 13);

  CHECK(mkdir("folder", 0777) == 0);
  CHECK(rename("first.txt", "folder/second.txt") == 0);
  CHECK(fopen("first.txt", "r") == NULL && errno == ENOENT);
  CHECK(access("folder/second.txt", R_OK) == 0);
  CHECK(entries_of("folder") == 3);
  CHECK(rmdir("folder") != 0 && errno == ENOTEMPTY);
  CHECK(unlink("folder") != 0);

  CHECK(symlink("second.txt", "folder/link") == 0);
  CHECK(readlink("folder/link", text, sizeof text) == 10 && memcmp(text, "second.txt", 10) == 0);
  CHECK(truncate("folder/link", 5) == 0 && stat("folder/second.txt", &status) == 0 && status.st_size == 5);
  CHECK(link("folder/second.txt", "third.txt") == 0 && stat("third.txt", &status) == 0 && status.st_nlink == 2);

  CHECK(open("../secret", O_RDONLY) < 0);
  CHECK(open("/etc/passwd", O_RDONLY) < 0);
  CHECK(unlink("folder/link") == 0 && unlink("folder/second.txt") == 0 && rmdir("folder") == 0);
  CHECK(remove("third.txt") == 0);
  CHECK(entries_of(".") == 2);
  printf("%d wrong\n", wrong);
  return wrong != 0;
}
