using Isthmus.Hl7v2;
using Isthmus.Host.Commands;
using Isthmus.Host.Running;
using Isthmus.Mapping;
using Isthmus.Simulators.Lab;
using Isthmus.Testing;

namespace Isthmus.Host.Tests.Conversion;

public class GeneratedTrafficTests
{
    [Fact]
    public void The_demo_site_knows_every_code_and_unit_of_its_laboratory()
    {
        var site = SiteMaps.Load(new DirectoryInfo(Repository.PathOf("site", "demo")));
        Assert.Empty(site.Faults);
        var translator = new Translator(site.Maps!);
        var lab = new OruGenerator(3, SyntheticPopulation.Create(3, 200));
        var context = new TranslationContext(TimeZoneInfo.Utc, "lab", SiteMaps.ConvertIdKey, null, DateTimeOffset.UnixEpoch, "test");

        for (var i = 0; i < 300; i++)
        {
            var generated = lab.Next();
            using var translation = translator.Translate(Hl7Message.Parse(generated.Bytes).Message!, context);

            // What could not be obtained has no unit, by which alone some codes are told apart.
            Assert.Empty(translation.Findings.Where(finding => finding is not { Table: "codes/local-codes", Unit: null }).Select(finding => $"{finding.Rule} at {finding.Location}"));
            Assert.Equal(generated.Facts.Observations, translation.Resources.Count(resource => resource.Type == "Observation"));
        }
    }
}
