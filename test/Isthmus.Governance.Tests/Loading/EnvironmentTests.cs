namespace Isthmus.Governance.Tests.Loading;

public sealed class EnvironmentTests
{
    [Fact]
    public void A_setting_can_come_from_the_environment()
    {
        var site = new DemoSite();
        site.Environment["ISTHMUS__listeners__lab__port"] = "0";
        site.Environment["ISTHMUS__DESTINATIONS__EHR__BASE_URL"] = "https://ehr.example/fhir";
        site.Environment["ISTHMUS__destinations__ehr__authentication__token_url"] = "https://ehr.example/token";

        var model = site.Load().Model!;

        Assert.Equal(0, model.Listeners["lab"].Port);
        Assert.Equal(new Uri("https://ehr.example/fhir"), model.Destinations["ehr"].BaseUrl);
        Assert.Equal(new Uri("https://ehr.example/token"), model.Destinations["ehr"].TokenUrl);
    }

    [Fact]
    public void The_environment_does_not_change_the_version()
    {
        var site = new DemoSite();
        site.Environment["ISTHMUS__listeners__lab__port"] = "0";

        Assert.Equal(new DemoSite().Load().Model!.Version, site.Load().Model!.Version);
    }

    [Fact]
    public void An_optional_setting_can_be_added()
    {
        var site = new DemoSite();
        site.Environment["ISTHMUS__data_folder"] = "/var/lib/isthmus";

        Assert.Equal("/var/lib/isthmus", site.Load().Model!.DataFolder);
    }

    [Theory]
    [InlineData("ISTHMUS__listeners__ward__port", "site.environment-unknown")]
    [InlineData("ISTHMUS__listeners__lab", "site.environment-unknown")]
    [InlineData("ISTHMUS__listeners__lab__prot", "site.key-unknown")]
    public void A_variable_that_names_no_setting_is_a_fault(string name, string rule)
    {
        var site = new DemoSite();
        site.Environment[name] = "1";

        site.OnlyFault(rule);
    }

    [Fact]
    public void What_comes_from_the_environment_is_checked_like_the_file()
    {
        var site = new DemoSite();
        site.Environment["ISTHMUS__listeners__lab__bind"] = "0.0.0.0";

        Assert.Contains(site.Load().Faults, f => f.Rule == "site.listener-tls-missing");
    }
}
