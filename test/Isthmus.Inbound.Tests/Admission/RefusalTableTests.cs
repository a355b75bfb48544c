using System.Reflection;
using Isthmus.Exchange;
using Isthmus.Inbound.Admission;
using Isthmus.Testing;
using Isthmus.Trust.Access.Idempotency;
using Isthmus.Trust.Access.Quotas;
using Isthmus.Trust.Access.Switches;

namespace Isthmus.Inbound.Tests.Admission;

/// <summary>docs/operate/door.md tells of every refusal of admission.</summary>
public sealed class RefusalTableTests
{
    [Theory]
    [InlineData(typeof(AdmissionRules))]
    [InlineData(typeof(IdempotencyRules))]
    [InlineData(typeof(QuotaRules))]
    [InlineData(typeof(SwitchRules))]
    public void Every_rule_stands_in_the_table(Type rules)
    {
        var text = File.ReadAllText(Repository.PathOf("docs", "operate", "door.md"));
        var ids = rules.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            .Select(field => field.GetValue(null) switch { Refusal rule => rule.Id, Refused refused => refused.Refusal.Id, _ => null })
            .OfType<string>().ToList();

        Assert.NotEmpty(ids);
        Assert.All(ids, id => Assert.Contains($"`{id}`", text, StringComparison.Ordinal));
    }
}
