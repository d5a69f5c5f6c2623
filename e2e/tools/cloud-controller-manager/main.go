// A cloud-controller-manager whose cloud has only the instances that its configuration file names, one a line: the providerID, and what
// else is known of it, separated by blanks: zone, region, type, address. The file is read for each question, as clouds are asked. It is
// built from the module that every real one is built from, so that what it does with Nodes is what real ones do.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	cloudprovider "k8s.io/cloud-provider"
	"k8s.io/cloud-provider/app"
	"k8s.io/cloud-provider/app/config"
	"k8s.io/cloud-provider/names"
	"k8s.io/cloud-provider/options"
	"k8s.io/component-base/cli"
	cliflag "k8s.io/component-base/cli/flag"
	"k8s.io/klog/v2"
)

const providerName = "short-memory"

type cloud struct {
	path string
}

func newCloud(file io.Reader) (cloudprovider.Interface, error) {
	named, ok := file.(*os.File)
	if !ok {
		return nil, fmt.Errorf("%s needs --cloud-config", providerName)
	}
	return &cloud{named.Name()}, nil
}

// What is known of an instance; nil where there is none.
func (c *cloud) find(providerID string) ([]string, error) {
	text, err := os.ReadFile(c.path)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		if facts := strings.Fields(line); len(facts) > 0 && facts[0] == providerID {
			return facts, nil
		}
	}
	return nil, nil
}

func (c *cloud) Initialize(cloudprovider.ControllerClientBuilder, <-chan struct{}) {}
func (c *cloud) LoadBalancer() (cloudprovider.LoadBalancer, bool)                  { return nil, false }
func (c *cloud) Instances() (cloudprovider.Instances, bool)                        { return nil, false }
func (c *cloud) InstancesV2() (cloudprovider.InstancesV2, bool)                    { return c, true }
func (c *cloud) Zones() (cloudprovider.Zones, bool)                                { return nil, false }
func (c *cloud) Clusters() (cloudprovider.Clusters, bool)                          { return nil, false }
func (c *cloud) Routes() (cloudprovider.Routes, bool)                              { return nil, false }
func (c *cloud) ProviderName() string                                              { return providerName }
func (c *cloud) HasClusterID() bool                                                { return true }

func (c *cloud) InstanceExists(_ context.Context, node *v1.Node) (bool, error) {
	facts, err := c.find(node.Spec.ProviderID)
	klog.Infof("asked for %s (%q): %t", node.Name, node.Spec.ProviderID, facts != nil)
	return facts != nil, err
}

func (c *cloud) InstanceShutdown(context.Context, *v1.Node) (bool, error) { return false, nil }

func (c *cloud) InstanceMetadata(_ context.Context, node *v1.Node) (*cloudprovider.InstanceMetadata, error) {
	facts, err := c.find(node.Spec.ProviderID)
	if err != nil {
		return nil, err
	}
	if facts == nil {
		return nil, cloudprovider.InstanceNotFound
	}
	metadata := &cloudprovider.InstanceMetadata{ProviderID: facts[0]}
	if len(facts) == 5 {
		metadata.Zone, metadata.Region, metadata.InstanceType = facts[1], facts[2], facts[3]
		metadata.NodeAddresses = []v1.NodeAddress{{Type: v1.NodeInternalIP, Address: facts[4]}}
	}
	return metadata, nil
}

func initialize(completed *config.CompletedConfig) cloudprovider.Interface {
	shared := completed.ComponentConfig.KubeCloudShared.CloudProvider
	made, err := cloudprovider.InitCloudProvider(shared.Name, shared.CloudConfigFile)
	if err != nil {
		klog.Fatalf("the cloud could not be opened: %v", err)
	}
	return made
}

func main() {
	cloudprovider.RegisterCloudProvider(providerName, newCloud)
	flags, err := options.NewCloudControllerManagerOptions()
	if err != nil {
		klog.Fatalf("options: %v", err)
	}
	command := app.NewCloudControllerManagerCommand(
		flags, initialize, app.DefaultInitFuncConstructors, names.CCMControllerAliases(), cliflag.NamedFlagSets{}, wait.NeverStop)
	os.Exit(cli.Run(command))
}
