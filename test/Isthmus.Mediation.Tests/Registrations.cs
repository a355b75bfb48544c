using System.Text;
using Isthmus.Mediation.Register;
using Isthmus.Mediation.Tests.Arranged;

namespace Isthmus.Mediation.Tests;

/// <summary>Loading persons: repeatable, and one bad line loses no other.</summary>
public sealed class Registrations(SharedMediation shared) : IClassFixture<SharedMediation>
{
    private readonly Arranged.Mediation mediation = shared.Worker;

    [Fact]
    public async Task A_person_given_twice_in_one_load_is_registered_once()
    {
        var registration = await RegisterAsync(Patient("TWICE"), Patient("TWICE"));

        Assert.Equal((1, 1), (registration.Registered, registration.Known));
    }

    [Fact]
    public async Task An_identifier_given_twice_is_one()
    {
        const string Identifier = """{"system":"s","value":"DOUBLE"}""";
        var registration = await RegisterAsync($$"""{"resourceType":"Patient","identifier":[{{Identifier}},{{Identifier}}]}""");

        Assert.Equal(1, registration.Registered);
    }

    [Fact]
    public async Task A_load_may_be_repeated()
    {
        await RegisterAsync(Patient("AGAIN"));
        var registration = await RegisterAsync(Patient("AGAIN"));

        Assert.Equal((0, 1), (registration.Registered, registration.Known));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("""{"resourceType":"Observation"}""")]
    [InlineData("""{"resourceType":"Patient"}""")]
    [InlineData("""{"resourceType":"Patient","identifier":[{"system":"s"}]}""")]
    [InlineData("""{"resourceType":"Patient","identifier":[{"system":"s","value":""}]}""")]
    public async Task A_line_that_is_no_patient_is_named_and_the_others_are_registered(string line)
    {
        var registration = await RegisterAsync(line, Patient($"BESIDE{line.GetHashCode(StringComparison.Ordinal)}"));

        Assert.Equal(1, registration.Registered);
        Assert.Equal("line 1", Assert.Single(registration.Findings).Location);
    }

    private async Task<Registration> RegisterAsync(params string[] lines)
    {
        var registry = await PersonRegistry.OpenAsync(
            mediation.Store.Access, mediation.Keys, mediation.Site.Current.Keys.Records, mediation.Site.Current.Tenant.Id, CancellationToken.None);
        return await registry.RegisterAsync(lines.Select(l => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(l)), "test", CancellationToken.None);
    }

    private static string Patient(string mrn) =>
        $$"""{"resourceType":"Patient","identifier":[{"system":"urn:oid:2.16.840.1.113883.19.5.1","value":"{{mrn}}"}],"name":[{"family":"Neu"}],"birthDate":"1970-01-01"}""";
}
