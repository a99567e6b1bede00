/* A module with debug info, whose backtraces have files and lines.
 *
 * lines.wasm was made from this file, in this folder, with clang and lld 14:
 *
 *   clang --target=wasm32 -O1 -g -nostdlib -fdebug-prefix-map="$PWD=." \
 *       -Wl,--no-entry -o lines.wasm lines.c
 */
__attribute__((noinline)) static int divide(int a, int b) {
  return a / b; /* line 9 */
}

static inline int twice(int a, int b) {
  return divide(a, b) * 2; /* line 13 */
}

__attribute__((export_name("ratio"))) int ratio(int a, int b) {
  return twice(a, b) + 1; /* line 17 */
}
