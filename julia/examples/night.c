#include <stdint.h>

/* The colour 0xRRGGBB of a grey from 0 to 255: a night sky for dark ones, stars for bright ones. */
__attribute__((export_name("night"))) uint32_t night(uint32_t grey) {
  static const uint8_t colours[9][3] = {
      {8, 12, 44},     {16, 34, 92},    {26, 66, 142},   {46, 110, 176}, {92, 158, 188},
      {166, 196, 160}, {236, 206, 100}, {250, 180, 44}, {255, 246, 206}};
  uint32_t colour = grey / 32 % 8, part = grey % 32, rgb = 0;
  for (int i = 0; i < 3; i++)
    rgb = rgb << 8 | (colours[colour][i] * (32 - part) + colours[colour + 1][i] * part) / 32;
  return rgb;
}
