using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Isthmus.Trust.Tokens;

/// <summary>
/// What is used once, or known without being kept: the first half of a SHA-256 over the words that name it. Words are told apart by
/// their lengths, so that no two lists of words share a name.
/// </summary>
internal static class OnceOnly
{
    public static Guid Named(string space, string holder, string id)
    {
        var room = Encoding.UTF8.GetMaxByteCount(space.Length + holder.Length + id.Length) + 12;
        Span<byte> form = room <= 2048 ? stackalloc byte[room] : new byte[room];
        var length = 0;
        foreach (var word in (ReadOnlySpan<string>)[space, holder, id])
        {
            var written = Encoding.UTF8.GetBytes(word, form[(length + 4)..]);
            BinaryPrimitives.WriteInt32BigEndian(form[length..], written);
            length += 4 + written;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(form[..length], hash);
        return new Guid(hash[..16], bigEndian: true);
    }

    public static Guid Assertion(string client, string id) => Named("assertion", client, id);

    public static Guid Proof(string thumbprint, string id) => Named("dpop", thumbprint, id);

    public static Guid Token(string issuer, string id) => Named("token", issuer, id);
}
