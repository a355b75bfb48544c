using System.Security.Cryptography;
using System.Text;

namespace Isthmus.Trust.Access.Conduct;

/// <summary>Who did something: a client that is registered, or an address where nobody is known.</summary>
internal readonly record struct Subject(bool IsClient, string Name)
{
    /// <summary>All that there is no room to tell apart.</summary>
    public const string Others = "*";

    public string Kind => IsClient ? "client" : "address";
}

/// <summary>
/// How often something was done, and with how many different values, which are not kept: each sets one of 256 bits by its hash, and as
/// many nodes as like put theirs together. Somebody who picks values that share a bit is still counted.
/// </summary>
internal sealed class ConductCount
{
    private const int Bits = 256;

    private readonly bool[] seen = new bool[Bits];
    private bool hasSeen;

    public int Times { get; private set; }

    public void Add(string? tried)
    {
        Times++;
        if (tried is not null)
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(Encoding.UTF8.GetBytes(tried), hash);
            seen[hash[0]] = hasSeen = true;
        }
    }

    public void Add(ConductCount other)
    {
        Times += other.Times;
        hasSeen |= other.hasSeen;
        for (var i = 0; i < Bits; i++)
        {
            seen[i] |= other.seen[i];
        }
    }

    /// <summary>As PostgreSQL reads a bit string; null when nothing was tried.</summary>
    public string? Spread() => hasSeen ? string.Create(Bits, seen, static (text, seen) =>
    {
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = seen[i] ? '1' : '0';
        }
    }) : null;
}
