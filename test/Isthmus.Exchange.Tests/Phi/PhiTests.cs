using System.Globalization;
using System.Text;
using System.Text.Json;
using Isthmus.Exchange.Packs;
using Isthmus.Exchange.Phi;

namespace Isthmus.Exchange.Tests.Phi;

/// <summary>By no ordinary way does patient data become text: only code that says Reveal has it.</summary>
public sealed class PhiTests
{
    private const string Canary = "Quillfeather";

    private static readonly byte[] CanaryBytes = Encoding.UTF8.GetBytes(Canary);

    private static readonly JsonSerializerOptions ForTheWeb = new(JsonSerializerDefaults.Web);
    private static readonly JsonSerializerOptions WithFields = new() { IncludeFields = true, WriteIndented = true };

    public static TheoryData<object> Carriers => new()
    {
        new PhiText(Canary),
        new PhiBytes(CanaryBytes),
        new PackedResource("Patient", "p1", CanaryBytes),
        (PhiText?)new PhiText(Canary),
        new { Name = new PhiText(Canary), Raw = new PhiBytes(CanaryBytes) },
        new Dictionary<string, object> { ["name"] = new PhiText(Canary) },
        new[] { new PackedResource("Patient", "p1", CanaryBytes) },
    };

    [Theory]
    [MemberData(nameof(Carriers))]
    public void It_cannot_be_formatted(object carrier)
    {
        Secret(carrier.ToString());
        Secret($"{carrier}");
        Secret(string.Format(CultureInfo.InvariantCulture, "{0}", carrier));
        Secret(string.Concat("a ", carrier));
        Secret(new StringBuilder().Append(carrier).ToString());
        Secret(Convert.ToString(carrier, CultureInfo.InvariantCulture));
    }

    [Theory]
    [MemberData(nameof(Carriers))]
    public void It_cannot_be_serialised_into_content(object carrier)
    {
        Secret(JsonSerializer.Serialize(carrier));
        Secret(JsonSerializer.Serialize(carrier, ForTheWeb));
        Secret(JsonSerializer.Serialize(carrier, WithFields));
        Secret(JsonSerializer.Serialize(new { carrier }));
    }

    [Fact]
    public void Those_entitled_to_it_have_it_by_name()
    {
        Assert.Equal(Canary, new PhiText(Canary).Reveal());
        Assert.Equal(CanaryBytes, new PhiBytes(CanaryBytes).Reveal().ToArray());
        Assert.Equal(string.Empty, default(PhiText).Reveal());
        Assert.Equal(0, default(PhiBytes).Length);
    }

    [Fact]
    public void Texts_are_equal_by_what_they_hold()
    {
        Assert.Equal(new PhiText(Canary), new PhiText(Canary));
        Assert.True(new PhiText(Canary) == new PhiText(Canary));
        Assert.True(new PhiText(Canary) != new PhiText("other"));
        Assert.Equal(new PhiText(Canary).GetHashCode(), new PhiText(Canary).GetHashCode());
        Assert.True(default(PhiText).IsEmpty);
    }

    private static void Secret(string? shown)
    {
        Assert.DoesNotContain(Canary, shown, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Convert.ToBase64String(CanaryBytes).TrimEnd('='), shown, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToHexString(CanaryBytes), shown, StringComparison.OrdinalIgnoreCase);
    }
}
