using System.Text;
using System.Text.Json;
using Isthmus.Simulators.Lab;

namespace Isthmus.Simulators.Tests.Lab;

public class SyntheticPopulationTests
{
    private static readonly IReadOnlyList<SyntheticPatient> Patients = SyntheticPopulation.Create(11, 5000);

    [Fact]
    public void One_seed_makes_one_population_whatever_its_size()
    {
        Assert.Equal(Patients.Take(100), SyntheticPopulation.Create(11, 100));
        Assert.NotEqual(Patients.Take(100).Select(p => p.Family), SyntheticPopulation.Create(12, 100).Select(p => p.Family));
    }

    [Fact]
    public void Record_numbers_are_unique_and_check()
    {
        Assert.Equal(Patients.Count, Patients.Select(patient => patient.Mrn).Distinct().Count());
        Assert.Equal(3, CheckDigits.Luhn("7992739871"));
        Assert.Equal("1234567893", CheckDigits.Npi(23456789));
    }

    [Fact]
    public void Twins_share_all_but_their_number_and_given_name()
    {
        var twins = Patients.Where(patient => patient.TwinOf is not null).ToArray();

        Assert.InRange(twins.Length, 40, 110);
        Assert.All(twins, twin =>
        {
            var other = Patients[twin.TwinOf!.Value];
            Assert.Equal((other.Family, other.BirthDate, other.Street, other.City), (twin.Family, twin.BirthDate, twin.Street, twin.City));
            Assert.NotEqual(other.Mrn, twin.Mrn);
        });
    }

    [Fact]
    public void People_are_as_various_and_as_incomplete_as_a_desk_finds_them()
    {
        Assert.InRange(Patients.Count(patient => patient.Family.Any(character => character > 0x7F)), 250, 600);
        Assert.InRange(Patients.Count(patient => patient.Family.Contains('-', StringComparison.Ordinal)), 80, 350);
        Assert.InRange(Patients.Count(patient => patient.BirthDate is null), 10, 80);
        Assert.InRange(Patients.Count(patient => patient.BirthDate?.Length == 4), 5, 60);
        Assert.InRange(Patients.Count(patient => patient.Street is null), 80, 230);
        Assert.InRange(Patients.Count(patient => patient.Sex is 'F'), 2200, 2900);
        Assert.InRange(Patients.Count(patient => patient.Sex is 'U' or 'O'), 10, 90);
        Assert.Contains(Patients.GroupBy(patient => (patient.Family, patient.Given)), namesakes => namesakes.Count() > 3);
    }

    [Fact]
    public void Patients_are_written_as_FHIR_one_per_line()
    {
        using var output = new MemoryStream();
        PatientFiles.WriteFhir(output, Patients.Take(500), "urn:example:north");
        var lines = Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(500, lines.Length);
        for (var i = 0; i < lines.Length; i++)
        {
            using var json = JsonDocument.Parse(lines[i]);
            var identifier = json.RootElement.GetProperty("identifier")[0];
            Assert.Equal("Patient", json.RootElement.GetProperty("resourceType").GetString());
            Assert.Equal("urn:example:north", identifier.GetProperty("system").GetString());
            Assert.Equal(Patients[i].Mrn, identifier.GetProperty("value").GetString());
            Assert.Equal(Patients[i].Given, json.RootElement.GetProperty("name")[0].GetProperty("given")[0].GetString());
            Assert.Equal(Patients[i].BirthDate is not null, json.RootElement.TryGetProperty("birthDate", out _));
        }
    }

    [Fact]
    public void Patients_are_written_as_CSV_with_one_column_per_field()
    {
        using var output = new MemoryStream();
        PatientFiles.WriteCsv(output, Patients.Take(500));
        var lines = Encoding.UTF8.GetString(output.ToArray()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(501, lines.Length);
        Assert.All(lines, line => Assert.Equal(14, line.Split(',').Length));
        Assert.StartsWith($"{Patients[0].Mrn},ST_ELSEWHERE,{Patients[0].Family},", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Consents_are_written_for_those_who_decided()
    {
        using var output = new MemoryStream();
        ConsentFiles.WriteFhir(output, Patients.Take(500), "urn:example:north", "Organization/registry");
        var consents = Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToDictionary(consent => consent.GetProperty("patient").GetProperty("identifier").GetProperty("value").GetString()!);

        Assert.All(Patients.Take(500), patient => Assert.Equal(
            patient.SharesWithRegistry switch { true => "permit", false => "deny", null => null },
            consents.TryGetValue(patient.Mrn, out var consent) ? consent.GetProperty("provision").GetProperty("type").GetString() : null));
        Assert.InRange(consents.Count, 380, 470);
    }

    [Fact]
    public void A_patient_prints_a_number_only() => Assert.Equal("SyntheticPatient 3", Patients[3].ToString());
}
