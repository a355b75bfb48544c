using System.Security.Cryptography;
using Isthmus.Trust.Ledger;

namespace Isthmus.Trust.Tests.Ledger;

public sealed class LedgerChainTests
{
    private static readonly ChainedEvent Example = new(
        1, 42, new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddMicroseconds(678_901), "consent.decided", "mediation",
        "isthmus_mediation", 7, new Guid("00112233-4455-6677-8899-aabbccddeeff"), """{"effect":"permit"}""");

    [Fact]
    public void The_canonical_form_is_the_one_the_decision_record_describes()
    {
        var expected = string.Concat(
            "00000010", Hex("isthmus-ledger-1"),
            "00000002", "0001",
            "00000008", "000000000000002a",
            "00000008", "0006475ef6574f35",
            "0000000f", Hex("consent.decided"),
            "00000009", Hex("mediation"),
            "00000011", Hex("isthmus_mediation"),
            "00000008", "0000000000000007",
            "00000010", "00112233445566778899aabbccddeeff",
            "00000013", Hex("""{"effect":"permit"}"""));

        Assert.Equal(expected, Convert.ToHexStringLower(new LedgerChain().Canonical(Example)));
    }

    [Fact]
    public void An_absent_field_differs_from_an_empty_one()
    {
        var form = Convert.ToHexStringLower(new LedgerChain().Canonical(Example with { MessageId = null, Person = null, Detail = "" }));

        Assert.EndsWith("ffffffffffffffff00000000", form, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hash_covers_the_hash_before_it_and_the_canonical_form()
    {
        var chain = new LedgerChain();
        var previous = SHA256.HashData("before"u8);

        Assert.Equal(SHA256.HashData([.. previous, .. chain.Canonical(Example)]), chain.Next(previous, Example));
    }

    [Fact]
    public void Every_field_changes_the_hash()
    {
        ChainedEvent[] others =
        [
            Example with { Tenant = 2 },
            Example with { Seq = 43 },
            Example with { At = Example.At.AddMicroseconds(1) },
            Example with { Kind = "consent.recorded" },
            Example with { Actor = "outbound" },
            Example with { Login = "isthmus_outbound" },
            Example with { MessageId = 8 },
            Example with { Person = Guid.Empty },
            Example with { Detail = "{}" },
            Example with { Kind = "consent.decidedm", Actor = "ediation" },
        ];
        var chain = new LedgerChain();

        var hashes = others.Append(Example).Select(e => Convert.ToHexString(chain.Next(LedgerChain.Genesis, e)));

        Assert.Equal(others.Length + 1, hashes.Distinct().Count());
    }

    [Fact]
    public void A_long_detail_is_covered_whole()
    {
        var chain = new LedgerChain();
        var one = Example with { Detail = new string('é', 8000) };

        Assert.NotEqual(
            chain.Next(LedgerChain.Genesis, one),
            chain.Next(LedgerChain.Genesis, one with { Detail = one.Detail[..^1] + "e" }));
    }

    private static string Hex(string text) => Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(text));
}
