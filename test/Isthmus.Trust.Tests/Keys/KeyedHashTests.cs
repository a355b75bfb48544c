using System.Security.Cryptography;
using System.Text;
using Isthmus.Trust.Keys;

namespace Isthmus.Trust.Tests.Keys;

public sealed class KeyedHashTests
{
    [Fact]
    public void Whatever_was_hashed_before_it_is_HMAC_SHA256_of_the_text_under_the_key()
    {
        byte[][] keys = [RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(32)];
        Span<byte> hash = stackalloc byte[KeyedHash.Length];
        foreach (var turn in (int[])[0, 0, 1, 0, 1, 1])
        {
            var text = Encoding.ASCII.GetBytes($"text of turn {turn}");

            KeyedHash.Compute(keys[turn], text, hash);

            Assert.Equal(HMACSHA256.HashData(keys[turn], text), hash.ToArray());
        }
    }
}
