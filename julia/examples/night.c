#include <stdint.h>

/* The colour 0xRRGGBB of a grey from 0 to 255. */
__attribute__((export_name("night"))) uint32_t night(uint32_t grey) {
  static const uint8_t colours[9][3] = {
      {8, 12, 44},     {16, 34, 92},    {26, 66, 142},
      {46, 110, 176},  {92, 158, 188},  {166, 196, 160},
      {236, 206, 100}, {250, 180, 44},  {255, 246, 206}};
  const uint8_t *colour = colours[grey / 32 % 8], *next = colour + 3;
  uint32_t part = grey % 32, rgb = 0;
  for (int i = 0; i < 3; i++)
    rgb = rgb << 8 | (colour[i] * (32 - part) + next[i] * part) / 32;
  return rgb;
}
