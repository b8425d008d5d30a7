/* Many networks at a time in C: the networks lie along the SIMD lanes, in blocks that stay in the
   first-level cache, and the compiler makes the loops over them vector instructions, with calls
   of the vector exp of glibc's libmvec. `xorbench/peers/c_lanes.py` has the compiler's options.

   A loop has one exp in it, not twelve: a call leaves no vector register as it was, so that with
   all of an epoch in one loop most of its numbers go to memory and back (50 million
   network-epochs a second instead of 75). */

#include <math.h>
#include <stdint.h>

#define LANES 64

typedef double Lanes[LANES];

static inline double sigmoid(double net) { return 1.0 / (1.0 + exp(-net)); }

static void train_block(Lanes w[9], double learning_rate, double threshold, int64_t epochs,
                        int64_t converged[LANES])
{
    _Alignas(64) Lanes h1[4], h2[4], y[4];
    for (int64_t count = 0; count <= epochs; count++) {
#pragma GCC unroll 4
        for (int pattern = 0; pattern < 4; pattern++) {
            const double x1 = pattern >> 1, x2 = pattern & 1;
#pragma omp simd
            for (int i = 0; i < LANES; i++)
                h1[pattern][i] = sigmoid(w[0][i] + w[1][i] * x1 + w[2][i] * x2);
#pragma omp simd
            for (int i = 0; i < LANES; i++)
                h2[pattern][i] = sigmoid(w[3][i] + w[4][i] * x1 + w[5][i] * x2);
#pragma omp simd
            for (int i = 0; i < LANES; i++)
                y[pattern][i] =
                    sigmoid(w[6][i] + w[7][i] * h1[pattern][i] + w[8][i] * h2[pattern][i]);
        }
#pragma omp simd
        for (int i = 0; i < LANES; i++) {
            double squares = 0, gradient[9] = {0};
#pragma GCC unroll 4
            for (int pattern = 0; pattern < 4; pattern++) {
                const int x1 = pattern >> 1, x2 = pattern & 1;
                const double a = h1[pattern][i], b = h2[pattern][i], c = y[pattern][i];
                const double residual = c - (x1 ^ x2);
                const double delta3 = 0.5 * residual * c * (1 - c);
                const double delta1 = delta3 * w[7][i] * a * (1 - a);
                const double delta2 = delta3 * w[8][i] * b * (1 - b);
                squares += residual * residual;
                gradient[0] += delta1;
                gradient[1] += delta1 * x1;
                gradient[2] += delta1 * x2;
                gradient[3] += delta2;
                gradient[4] += delta2 * x1;
                gradient[5] += delta2 * x2;
                gradient[6] += delta3;
                gradient[7] += delta3 * a;
                gradient[8] += delta3 * b;
            }
            converged[i] = converged[i] < 0 && squares < 4 * threshold ? count : converged[i];
#pragma GCC unroll 9
            for (int k = 0; k < 9; k++)
                w[k][i] -= learning_rate * gradient[k];
        }
    }
}

/* Train from starts (networks, 9); write the epochs at convergence, or -1. */
void train_networks(const double *starts, int64_t networks, double learning_rate,
                    double threshold, int64_t epochs, int64_t *converged)
{
    for (int64_t first = 0; first < networks; first += LANES) {
        const int used = networks - first < LANES ? networks - first : LANES;
        _Alignas(64) Lanes w[9];
        _Alignas(64) int64_t block[LANES];
        for (int i = 0; i < LANES; i++) {
            const int64_t network = first + (i < used ? i : 0); /* lanes left over repeat one */
            for (int k = 0; k < 9; k++)
                w[k][i] = starts[9 * network + k];
            block[i] = -1;
        }
        train_block(w, learning_rate, threshold, epochs, block);
        for (int i = 0; i < used; i++)
            converged[first + i] = block[i];
    }
}
