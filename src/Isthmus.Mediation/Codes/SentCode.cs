using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Isthmus.Exchange.Phi;
using Isthmus.Records.Keys;

namespace Isthmus.Mediation.Codes;

/// <summary>
/// What a sender wrote in a code's place. It is kept under the tenant's data key only: where a code belongs there may stand a patient's
/// name, which nothing about its form tells.
/// </summary>
[Phi]
internal sealed record SentCode(string Code, string System, string Display, string Unit = "")
{
    /// <summary>Knows the same code of a source again, and tells nothing about it.</summary>
    public static Guid KeyOf(TenantKeys keys, string source, UnmappedCode code)
    {
        Span<byte> hash = stackalloc byte[32];
        HMACSHA256.HashData(
            keys.CodeKey,
            Encoding.UTF8.GetBytes($"{source}\0{code.Kind}\0{code.Table}\0{code.Field}\0{code.System.Reveal()}\0{code.Code.Reveal()}{(code.Unit.IsEmpty ? "" : "\0")}{code.Unit.Reveal()}"),
            hash);
        return new Guid(hash[..16]);
    }

    public static byte[] Seal(TenantKeys keys, Guid key, UnmappedCode code) => RowCipher.Encrypt(
        keys,
        JsonSerializer.SerializeToUtf8Bytes(new SentCode(code.Code.Reveal(), code.System.Reveal(), code.Display.Reveal(), code.Unit.Reveal())),
        Bound(keys, key));

    public static SentCode Open(TenantKeys keys, Guid key, ReadOnlySpan<byte> row) =>
        JsonSerializer.Deserialize<SentCode>(RowCipher.Decrypt(keys, row, Bound(keys, key)))!;

    /// <summary>The meaning proposed for a code says which code it was.</summary>
    public static byte[] SealProposal(TenantKeys keys, long id, string target) =>
        RowCipher.Encrypt(keys, Encoding.UTF8.GetBytes(target), BoundProposal(keys, id));

    public static string OpenProposal(TenantKeys keys, long id, ReadOnlySpan<byte> row) =>
        Encoding.UTF8.GetString(RowCipher.Decrypt(keys, row, BoundProposal(keys, id)));

    public override string ToString() => "[phi]";

    private static string Bound(TenantKeys keys, Guid key) =>
        string.Create(CultureInfo.InvariantCulture, $"mediation.unmapped_code.sent|{keys.Tenant}|{key:N}");

    private static string BoundProposal(TenantKeys keys, long id) =>
        string.Create(CultureInfo.InvariantCulture, $"mediation.unmapped_code.proposal|{keys.Tenant}|{id}");
}
