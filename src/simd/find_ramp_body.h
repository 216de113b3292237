/* find_ramp_body.h - at key_ramp + FIND_FIELD - n: n <= FIND_FIELD bytes of ones, then zeros */
static const uint8_t key_ramp[2 * FIND_FIELD] = {
	255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
	255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
};
