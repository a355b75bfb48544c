using System.Buffers.Binary;
using System.Text;
using Isthmus.Trust.Keys;

namespace Isthmus.Records.Facts;

/// <summary>What a token is made of, so that no value of one kind is taken for one of another.</summary>
internal enum TokenForm : byte
{
    /// <summary>A code or an identifier, whatever its system.</summary>
    Value = (byte)'v',

    /// <summary>The same with its system, which may be none.</summary>
    SystemAndValue = (byte)'s',

    /// <summary>A reference within this store: <c>Type/id</c>.</summary>
    Reference = (byte)'r',

    /// <summary>Another reference, as written.</summary>
    Uri = (byte)'u',

    /// <summary>The beginning of a folded text.</summary>
    Prefix = (byte)'p',

    /// <summary>A date of birth, to the day, the month or the year.</summary>
    Birth = (byte)'b',
}

/// <summary>
/// Keyed hashes of what resources are found by, so that the index finds a resource without saying what it is about. A value longer than
/// a token looks at may share the token of another; whoever finds by it looks at the resource.
/// </summary>
internal sealed class SearchTokens(byte[] key)
{
    private const int MostParameter = 64;
    private const int MostText = 512;

    private readonly TokenMemo repeated = new();

    public long Of(TokenForm form, string parameter, ReadOnlySpan<byte> system, ReadOnlySpan<byte> value)
    {
        Span<byte> text = stackalloc byte[MostText];
        return Hash(text[..Spell(text, form, parameter, system, value)]);
    }

    /// <summary>A token that message after message has: of a code, a status, and never of a person.</summary>
    public long OfRepeated(TokenForm form, string parameter, ReadOnlySpan<byte> system, ReadOnlySpan<byte> value)
    {
        Span<byte> text = stackalloc byte[MostText];
        text = text[..Spell(text, form, parameter, system, value)];
        if (!repeated.TryGet(text, out var token))
        {
            token = Hash(text);
            repeated.Add(text, token);
        }

        return token;
    }

    private long Hash(ReadOnlySpan<byte> text)
    {
        Span<byte> hash = stackalloc byte[KeyedHash.Length];
        KeyedHash.Compute(key, text, hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }

    /// <summary>The form, then parameter, system and value with the lengths of the first two before them.</summary>
    private static int Spell(Span<byte> text, TokenForm form, string parameter, ReadOnlySpan<byte> system, ReadOnlySpan<byte> value)
    {
        text[0] = (byte)form;
        var length = 2 + Encoding.UTF8.GetBytes(parameter.AsSpan(0, Math.Min(parameter.Length, MostParameter)), text[2..]);
        text[1] = (byte)(length - 2);
        BinaryPrimitives.WriteUInt16LittleEndian(text[length..], (ushort)Math.Min(system.Length, ushort.MaxValue));
        length += 2;
        length += CopyBounded(system, text[length..^130]);
        return length + CopyBounded(value, text[length..]);
    }

    private static int CopyBounded(ReadOnlySpan<byte> from, Span<byte> to)
    {
        var length = Math.Min(from.Length, to.Length);
        from[..length].CopyTo(to);
        return length;
    }
}
