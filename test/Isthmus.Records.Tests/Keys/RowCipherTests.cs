using System.Security.Cryptography;
using System.Text;
using Isthmus.Records.Keys;

namespace Isthmus.Records.Tests.Keys;

public sealed class RowCipherTests(SharedRecords records) : IClassFixture<SharedRecords>
{
    private static readonly byte[] Words = Encoding.UTF8.GetBytes("what a sender wrote");

    [Fact]
    public void What_is_encrypted_opens_in_its_row_and_twice_is_never_the_same()
    {
        var first = RowCipher.Encrypt(records.Keys, Words, "table|1");
        var second = RowCipher.Encrypt(records.Keys, Words, "table|1");

        Assert.Equal(Words, RowCipher.Decrypt(records.Keys, first, "table|1"));
        Assert.Equal(-1, first.AsSpan().IndexOf(Words));
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Moved_changed_or_cut_it_does_not_open()
    {
        var row = RowCipher.Encrypt(records.Keys, Words, "table|1");

        Assert.ThrowsAny<CryptographicException>(() => RowCipher.Decrypt(records.Keys, row, "table|2"));
        for (var i = 0; i < row.Length; i++)
        {
            byte[] changed = [.. row];
            changed[i] ^= 1;
            Assert.ThrowsAny<CryptographicException>(() => RowCipher.Decrypt(records.Keys, changed, "table|1"));
            Assert.ThrowsAny<CryptographicException>(() => RowCipher.Decrypt(records.Keys, row.AsSpan(0, i), "table|1"));
        }
    }
}
